/*
 * The living kernel as text: what the inspector shows, as tables on the
 * console.  Each takes the words of the command; they need CAP_INSPECTOR.
 */
#pragma once

#define CAP_INSPECTOR 10

void view_processes(int argc, char **argv);
void view_queues(int argc, char **argv);
void view_locks(int argc, char **argv);
void view_pools(int argc, char **argv);
void view_trace(int argc, char **argv);

/* views_objects.c: `pages`, `disk`. */
void view_objects(int argc, char **argv);
void view_disk(int argc, char **argv);
