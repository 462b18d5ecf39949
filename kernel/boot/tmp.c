#include <diag/check.h>
#include <obj/age.h>
void obj_make_room(enum obj_kind kind) { (void)kind; }
void obj_room_made(enum obj_kind kind) { (void)kind; }
void obj_remove(struct obj *o) { panic("x", "obj %p", (void *)o); }
