/*
 * Folding for CRC-32C with carry-less multiplication, for harts that have it
 * (Zbc; source: V. Gopal and others, "Fast CRC Computation for Generic
 * Polynomials Using PCLMULQDQ", 2009): about three instructions for four bytes,
 * where a table takes six for one.
 */
#pragma once

#include <base/crc32c.h>

crc32c_fold clmul_fold;
