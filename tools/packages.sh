# What to install, by need and system; sourced by find, setup and doctor.

pip_modules="pytest pytest-xdist pytest-timeout pexpect pyelftools"

# package NEED SYSTEM: the packages that serve the need there.
package() {
	case $1:$2 in
	compiler:debian) echo gcc-riscv64-unknown-elf ;;
	compiler:fedora) echo gcc-riscv64-linux-gnu ;;
	compiler:arch | compiler:macos) echo riscv64-elf-gcc ;;
	compiler:nix) echo pkgsCross.riscv64-embedded.buildPackages.gcc ;;
	emulator:debian) echo "$(debian_qemu)" opensbi ;;
	emulator:fedora) echo qemu-system-riscv-core ;;
	emulator:arch) echo qemu-system-riscv ;;
	emulator:macos | emulator:nix) echo qemu ;;
	debugger:debian) echo gdb-multiarch ;;
	debugger:fedora) echo gdb ;;
	debugger:arch | debugger:macos) echo riscv64-elf-gdb ;;
	debugger:nix) echo gdb ;;
	python:debian) echo python3 python3-pytest python3-pytest-xdist python3-pytest-timeout \
		python3-pexpect python3-pyelftools "$(debian_tomli)" ;;
	python:fedora) echo python3 python3-pytest python3-pytest-xdist python3-pytest-timeout \
		python3-pexpect python3-pyelftools ;;
	python:arch) echo python python-pytest python-pytest-xdist python-pytest-timeout \
		python-pexpect python-pyelftools ;;
	python:macos) echo python ;;
	python:nix) echo "'python3.withPackages (p: with p; [ $pip_modules ])'" ;;
	hostcc:macos) ;;
	hostcc:debian) echo gcc libc6-dev ;;
	hostcc:*) echo gcc ;;
	sandbox:macos) ;;
	sandbox:*) echo bubblewrap ;;
	models:*) echo spin ;;
	sphinx:debian) echo python3-sphinx python3-myst-parser furo ;;
	sphinx:fedora) echo python3-sphinx python3-myst-parser ;;
	sphinx:arch) echo python-sphinx python-myst-parser python-furo ;;
	sphinx:macos) echo sphinx-doc ;;
	sphinx:nix) echo sphinx ;;
	make:*) echo make ;;
	esac
}

# Debian 13 moved the emulator of RISC-V to a package of its own.
debian_qemu() {
	if apt-cache show qemu-system-riscv 2>/dev/null | grep -q .; then
		echo qemu-system-riscv
	else
		echo qemu-system-misc
	fi
}

# Python has tomllib from 3.11 on.
debian_tomli() {
	/usr/bin/python3 -c 'import tomllib' 2>/dev/null || echo python3-tomli
}

# install_command SYSTEM PACKAGES...; Homebrew has no packages of Python modules.
install_command() {
	system=$1
	shift
	pip=
	case " $* " in
	*" python "*) pip="python3 -m pip install --break-system-packages $pip_modules" ;;
	esac
	case $system in
	debian) echo "sudo apt-get install $*" ;;
	fedora) echo "sudo dnf install $*" ;;
	arch) echo "sudo pacman -S $*" ;;
	macos) echo "brew install $*${pip:+ && $pip}" ;;
	nix) echo "nix-shell -p $*" ;;
	esac
}

# The system this runs on, or nothing where it is none of these.
this_system() {
	case $(uname -s) in
	Darwin) echo macos; return ;;
	esac
	ids=$(. /etc/os-release 2>/dev/null && echo "${ID-} ${ID_LIKE-}")
	for id in $ids; do
		case $id in
		debian | ubuntu) echo debian; return ;;
		fedora | rhel) echo fedora; return ;;
		arch) echo arch; return ;;
		nixos) echo nix; return ;;
		esac
	done
}

system_name() {
	case $1 in
	debian) echo "Debian, Ubuntu" ;;
	fedora) echo "Fedora" ;;
	arch) echo "Arch" ;;
	macos) echo "macOS" ;;
	nix) echo "Nix" ;;
	esac
}

# install_advice NEEDS...: the command for this system, or else for each.
install_advice() {
	system=$(this_system)
	for system in ${system:-debian fedora arch macos nix}; do
		packages=
		for need in "$@"; do
			packages="$packages $(package "$need" "$system")"
		done
		# shellcheck disable=SC2086  # a list of packages
		printf '    %-15s %s\n' "$(system_name "$system"):" \
			"$(install_command "$system" $packages)"
	done
}
