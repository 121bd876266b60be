/*
 * Guanxi in C: an embeddable CRM behind flat functions, opaque handles and error objects.
 *
 *   guanxi_error *err = NULL;
 *   guanxi_tenant *crm = NULL;
 *   if (guanxi_open(NULL, "shop.gx", GUANXI_NTS, NULL, &crm, &err) != GUANXI_OK) {
 *     fprintf(stderr, "%s\n", guanxi_error_message(err, NULL));
 *     guanxi_error_release(err);
 *   }
 *
 * Handles. Each is released by its guanxi_x_release, which takes NULL, in any order: a session
 * keeps its store open, a record its catalog. A handle belongs to the process that made it: in a
 * forked child, calls on a tenant or session are refused (GUANXI_MISUSE) and a release frees
 * nothing, so that the parent's file stays whole.
 *
 * Errors. A call that can fail returns GUANXI_OK or a code, and takes `guanxi_error **err` last. If
 * err is not NULL, *err becomes NULL on success and an error object on failure, which the caller
 * owns; what *err held before is not looked at. It may be NULL after a failure for want of memory.
 * A failed call sets its output handles to NULL and changes nothing. A required pointer that is
 * NULL is GUANXI_INVALID_ARGUMENT, which is not repeated below.
 *
 * Text in is UTF-8, a pointer and a length in bytes; the length GUANXI_NTS reads to the terminating
 * NUL. What is not UTF-8, or has a NUL within, is GUANXI_INVALID_TEXT. Text out is borrowed from
 * the handle that gave it, ends in a NUL that its length does not count, and lives until that
 * handle is released. A length that comes out may be asked for with NULL, if it is not wanted.
 *
 * Structs begin with struct_size, which the caller sets to sizeof; fields may be added at the end
 * later, and zero always means the default. `guanxi_open_options o = {sizeof o};` is all defaults.
 * A struct that comes out needs its struct_size set too, and is written no further.
 *
 * Threads. A `const` handle may be used by several threads at once, any other by one at a time;
 * guanxi_interrupt may always be called. Callbacks run on the calling thread.
 *
 * Values. Ids are positive int64. A decimal is an int64 coefficient with a scale of 0 to 18 digits
 * after the point (109650 at scale 2 is 1096.50); money adds an ISO 4217 currency. Dates are days
 * since 1970-01-01, instants microseconds since 1970-01-01T00:00:00Z; both within years 1 to 9999.
 *
 * Stability. What is declared here stays; what stands behind GUANXI_UNSTABLE may still change, and
 * is seen by those who define that before they include this header.
 *
 * This file is written by scripts/generate_c_api.py from capi/api.yaml; change that.
 */
#ifndef GUANXI_H
#define GUANXI_H

#include <stddef.h>
#include <stdint.h>

#define GUANXI_VERSION_MAJOR 0
#define GUANXI_VERSION_MINOR 1
#define GUANXI_VERSION_PATCH 0
#define GUANXI_VERSION_STRING "0.1.0"

/* A text's length: it ends at its NUL. */
#define GUANXI_NTS SIZE_MAX

#ifndef GUANXI_API
#if defined(__GNUC__)
#define GUANXI_API __attribute__((visibility("default")))
#else
#define GUANXI_API
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Codes that calls return. Numbers never change meaning. */
enum {
  GUANXI_OK = 0,
  /* the caller's input */
  GUANXI_INVALID_ARGUMENT = 1, /* an argument is out of its range or of the wrong form */
  GUANXI_INVALID_TEXT = 2,     /* text is not UTF-8, or has an embedded NUL */
  GUANXI_UNKNOWN_NAME = 3,     /* no such entity, field, function or user, or none you may see */
  GUANXI_PARSE = 4,            /* text of a query, number, date, definition or file is unreadable */
  GUANXI_TYPE_MISMATCH = 5,    /* a value or operands of the wrong kind */
  GUANXI_OVERFLOW = 6,         /* an exact result does not fit */
  GUANXI_MIXED_CURRENCY = 7,   /* amounts of several currencies without a conversion */
  GUANXI_UNDEFINED_PERIOD = 8, /* a fiscal year that the calendar does not define */
  GUANXI_MISSING_RATE = 9,     /* an amount cannot be converted, since no exchange rate is known */
  /* the rules */
  GUANXI_PERMISSION = 20,   /* the acting user may not do this */
  GUANXI_NOT_FOUND = 21,    /* no such record, or none you may see */
  GUANXI_VALIDATION = 22,   /* a required, range or custom rule does not hold */
  GUANXI_DUPLICATE = 23,    /* a unique value is already taken */
  GUANXI_CONFLICT = 24,     /* the record has changed since it was read */
  GUANXI_EFFECT_LIMIT = 25, /* effects did not come to rest within the bound */
  /* the store */
  GUANXI_FILE_MISSING = 40,   /* no such file */
  GUANXI_NOT_A_DATABASE = 41, /* the file is not a Guanxi store */
  GUANXI_NEWER_SCHEMA = 42,   /* the store was written by a later version of the library */
  GUANXI_STORE_FULL = 43,     /* no space left */
  GUANXI_STORE_IO = 44,       /* the store could not read or write */
  GUANXI_STORE_CORRUPT = 45,  /* the store's content contradicts itself */
  GUANXI_BUSY = 46,           /* another writer holds the store; try again */
  GUANXI_READ_ONLY = 47,      /* the store may not be written */
  GUANXI_UNSUPPORTED = 48,    /* this store or build cannot do it */
  GUANXI_COMMIT_UNKNOWN = 49, /* nobody knows whether it was committed; ask by guanxi_error_token */
  GUANXI_PRUNED = 50,         /* the change log no longer reaches back so far */
  /* the run */
  GUANXI_INTERRUPTED = 60,   /* cancelled by guanxi_interrupt or a progress callback */
  GUANXI_LIMIT = 61,         /* a deadline, row cap or memory cap was reached */
  GUANXI_OUT_OF_MEMORY = 62, /* memory ran out */
  GUANXI_MISUSE = 63,        /* the calls came in an order that makes no sense */
  GUANXI_INTERNAL = 64       /* a fault of the library, or a callback that threw */
};

/* What a value is. */
enum {
  GUANXI_TYPE_NULL = 0,
  GUANXI_TYPE_BOOLEAN = 1,
  GUANXI_TYPE_INTEGER = 2,
  GUANXI_TYPE_DECIMAL = 3, /* money too */
  GUANXI_TYPE_TEXT = 4,    /* choices too, as their codes */
  GUANXI_TYPE_DATE = 5,
  GUANXI_TYPE_INSTANT = 6,
  GUANXI_TYPE_REFERENCE = 7
};

/* What a field holds. */
enum {
  GUANXI_KIND_BOOLEAN = 1,
  GUANXI_KIND_INTEGER = 2,
  GUANXI_KIND_DECIMAL = 3,
  GUANXI_KIND_MONEY = 4,
  GUANXI_KIND_TEXT = 5,
  GUANXI_KIND_CHOICE = 6,
  GUANXI_KIND_DATE = 7,
  GUANXI_KIND_INSTANT = 8,
  GUANXI_KIND_REFERENCE = 9
};

/* Bits of a field's flags. */
enum {
  GUANXI_FIELD_REQUIRED = 1,
  GUANXI_FIELD_UNIQUE = 2,
  GUANXI_FIELD_INDEXED = 4,
  GUANXI_FIELD_TITLE = 8,    /* names the record to people */
  GUANXI_FIELD_DERIVED = 16, /* written by the library */
  GUANXI_FIELD_TRACKED = 32,
  GUANXI_FIELD_SEARCHABLE = 64
};

/* As whom a step of an action is taken; the user is noted as who did it either way. */
enum {
  GUANXI_AUTHORITY_USER = 0,  /* the acting user, whose rights are checked */
  GUANXI_AUTHORITY_ACTION = 1 /* the action, which has checked what it needs */
};

/* What changes an effect follows; bits of `triggers`. */
enum {
  GUANXI_TRIGGER_CREATED = 1,
  GUANXI_TRIGGER_UPDATED = 2,
  GUANXI_TRIGGER_REMOVED = 4,
  GUANXI_TRIGGER_RESTORED = 8
};

/* Whose value a field keeps that an effect writes; the greater wins. */
enum {
  GUANXI_WRITE_CLASS_INITIAL = 1, /* a default, which gives way to the caller's value */
  GUANXI_WRITE_CLASS_CALLER = 2,
  GUANXI_WRITE_CLASS_RULE = 3,    /* stands above the caller's value */
  GUANXI_WRITE_CLASS_DERIVED = 4  /* what nobody else may write */
};

/* What becomes of records whose reference leads to a record that is deleted. */
enum {
  GUANXI_ON_DELETE_LEAVE = 0,    /* nothing; the reference leads nowhere until the record is back */
  GUANXI_ON_DELETE_CLEAR = 1,    /* it becomes null, until the record is back */
  GUANXI_ON_DELETE_RESTRICT = 2, /* a live one forbids the deletion */
  GUANXI_ON_DELETE_CASCADE = 3,  /* they are deleted with it, if each may be */
  GUANXI_ON_DELETE_FOLLOW = 4    /* they are parts of it, and go and come with it */
};

/* What somebody may want to do to a record. */
enum {
  GUANXI_ACTION_READ = 0,
  GUANXI_ACTION_CREATE = 1,
  GUANXI_ACTION_EDIT = 2,
  GUANXI_ACTION_DELETE = 3,
  GUANXI_ACTION_TRANSFER = 4,
  GUANXI_ACTION_SHARE = 5
};

/* What became of a commit whose error was GUANXI_COMMIT_UNKNOWN. */
enum {
  GUANXI_OUTCOME_UNKNOWN = 0, /* the change log does not reach back to it */
  GUANXI_OUTCOME_COMMITTED = 1,
  GUANXI_OUTCOME_NOT_COMMITTED = 2
};

/* What labels of a report are written in. */
enum {
  GUANXI_LANGUAGE_ENGLISH = 0,
  GUANXI_LANGUAGE_CHINESE = 1
};

/* How a result is written for programs. */
enum {
  GUANXI_FORMAT_CSV = 0,       /* as guanxi_result_csv */
  GUANXI_FORMAT_JSON = 1,      /* an array of an object a row */
  GUANXI_FORMAT_JSON_LINES = 2 /* an object a line */
};

/* What a page looks like until its reader chooses. */
enum {
  GUANXI_THEME_SYSTEM = 0,
  GUANXI_THEME_LIGHT = 1,
  GUANXI_THEME_DARK = 2
};

/* What keeps the records of a tenant. */
enum {
  GUANXI_STORE_KIND_SQLITE = 0, /* one SQLite file, always current */
  GUANXI_STORE_KIND_MEMORY = 1  /* memory, with a file that guanxi_tenant_save writes */
};

/* What a term of a request says of a field. */
enum {
  GUANXI_COMPARE_EQUAL = 1,
  GUANXI_COMPARE_NOT_EQUAL = 2,
  GUANXI_COMPARE_LESS = 3,
  GUANXI_COMPARE_LESS_EQUAL = 4,
  GUANXI_COMPARE_GREATER = 5,
  GUANXI_COMPARE_GREATER_EQUAL = 6,
  GUANXI_COMPARE_IN = 7,          /* it is one of the constants, which rise */
  GUANXI_COMPARE_IS_NULL = 8,
  GUANXI_COMPARE_IS_NOT_NULL = 9,
  GUANXI_COMPARE_STARTS_WITH = 10 /* the text in NFKC, case-folded, begins with it */
};

/* What a store says to a term of a request. */
enum {
  GUANXI_VERDICT_UNSUPPORTED = 0, /* it does not look at the term */
  GUANXI_VERDICT_PRUNE = 1,       /* it leaves out some rows that fail it */
  GUANXI_VERDICT_EXACT = 2        /* it leaves out all rows that fail it */
};

typedef struct guanxi_error guanxi_error;
typedef struct guanxi_buffer guanxi_buffer;
typedef struct guanxi_environment guanxi_environment;
typedef struct guanxi_tenant guanxi_tenant;
typedef struct guanxi_session guanxi_session;
typedef struct guanxi_draft guanxi_draft;
typedef struct guanxi_record guanxi_record;
typedef struct guanxi_parameters guanxi_parameters;
typedef struct guanxi_prepared guanxi_prepared;
typedef struct guanxi_result guanxi_result;
typedef struct guanxi_explanation guanxi_explanation;
typedef struct guanxi_history guanxi_history;
typedef struct guanxi_events guanxi_events;
typedef struct guanxi_cursors guanxi_cursors;
typedef struct guanxi_catalog guanxi_catalog;
typedef struct guanxi_store_faults guanxi_store_faults;
typedef struct guanxi_table guanxi_table;
typedef struct guanxi_request guanxi_request;
typedef struct guanxi_answer guanxi_answer;
typedef struct guanxi_module guanxi_module;
typedef struct guanxi_call guanxi_call;
typedef struct guanxi_reaction guanxi_reaction;
struct sqlite3;
struct guanxi_sqlite_functions;
struct ArrowArrayStream;

/* One value of any type, for callers that learn types at run time. */
typedef struct guanxi_value {
  uint32_t struct_size; /* sizeof(guanxi_value) */
  int32_t type;         /* GUANXI_TYPE_… */
  int64_t integer;      /* boolean 0 or 1, integer, coefficient, days, microseconds or id; else 0 */
  const char *text;     /* GUANXI_TYPE_TEXT: borrowed from the handle that was asked; else NULL */
  size_t text_length;   /* its bytes */
  int32_t scale;        /* GUANXI_TYPE_DECIMAL: digits after the point; else 0 */
} guanxi_value;

/* Gives up what a callback's `user` holds; called once. May be NULL. */
typedef void (*guanxi_release_callback)(void *user);
/* The time now, in microseconds since 1970-01-01T00:00:00Z. Must allow concurrent calls. */
typedef int64_t (*guanxi_clock_callback)(void *user);
/* Done and total units of a long call (total 0: unknown). Non-zero cancels: GUANXI_INTERRUPTED. */
typedef int32_t (*guanxi_progress_callback)(void *user, uint64_t done, uint64_t total);
/* Gives the `self` of a new and empty store, or (again non-zero) of one that opens what the last
   one kept, which was released; GUANXI_UNSUPPORTED if nothing stays. */
typedef int32_t (*guanxi_store_make_callback)(void *user, int32_t again, void **self);
/* Gives the row of this id with guanxi_answer_row, or none; GUANXI_OK either way. */
typedef int32_t (*guanxi_store_get_callback)(void *self, const guanxi_table *table, int64_t id,
                                             guanxi_answer *answer);
/* Inserts a row (expected_revision 0) or replaces one. GUANXI_CONFLICT, and nothing written, if
   there is a row although 0 is expected, if there is none although another is, or if the stored
   revision (slot 1), where it is not null, is another. */
typedef int32_t (*guanxi_store_put_callback)(void *self, const guanxi_table *table,
                                             const guanxi_value *const *row, size_t count,
                                             int64_t expected_revision, guanxi_answer *answer);
/* Forgets the row of this id; one that is not there is no error. */
typedef int32_t (*guanxi_store_erase_callback)(void *self, const guanxi_table *table, int64_t id,
                                               guanxi_answer *answer);
/* Gives the rows with an id above `after`, ascending, at most `at_most`. */
typedef int32_t (*guanxi_store_scan_callback)(void *self, const guanxi_table *table, int64_t after,
                                              uint64_t at_most, guanxi_answer *answer);
/* Makes room for a new table (slot -1), or gives every row of a table a null in the slot of a new
   field; `table` is as it will be. */
typedef int32_t (*guanxi_store_migrate_callback)(void *self, const guanxi_table *table,
                                                 int32_t slot, guanxi_answer *answer);
/* begin, commit or rollback. After a failed commit nothing may be stored; rollback follows. */
typedef int32_t (*guanxi_store_step_callback)(void *self, guanxi_answer *answer);
/* Sets, keeps or undoes a savepoint; levels nest and are numbered from 1. */
typedef int32_t (*guanxi_store_savepoint_callback)(void *self, int32_t level,
                                                   guanxi_answer *answer);
/* Inserts new rows of one table: all of them or, after an error, any; a column a slot. The function
   releases the stream. */
typedef int32_t (*guanxi_store_write_batch_callback)(void *self, const guanxi_table *table,
                                                     struct ArrowArrayStream *rows,
                                                     guanxi_answer *answer);
/* Says with guanxi_answer_verdict and guanxi_answer_sorts what of a request it would do. What it
   does not speak of is unsupported. */
typedef int32_t (*guanxi_store_plan_callback)(void *self, const guanxi_table *table,
                                              const guanxi_request *request, guanxi_answer *answer);
/* Gives with guanxi_answer_row the rows that pass all terms of a request, in its order, above its
   `after` and at most its limit. It holds only what plan has taken. */
typedef int32_t (*guanxi_store_execute_callback)(void *self, const guanxi_table *table,
                                                 const guanxi_request *request,
                                                 guanxi_answer *answer);
/* What an action or timer does: it reads through `call` and says what is to be written. GUANXI_OK,
   or a code with which all of it is undone. */
typedef int32_t (*guanxi_action_run_callback)(void *self, guanxi_call *call);
/* What follows from a change, from what `reaction` holds alone. GUANXI_OK, or a code that refuses
   the write. */
typedef int32_t (*guanxi_effect_run_callback)(void *self, guanxi_reaction *reaction);
/* What guanxi_transact runs inside its transaction, perhaps several times. GUANXI_OK commits; any
   other code undoes, and GUANXI_BUSY runs it again. */
typedef int32_t (*guanxi_work_callback)(void *user, guanxi_session *session);
/* What guanxi_events_each calls for each change, which guanxi_events_info and guanxi_events_field
   tell of. 0 acknowledges it and goes on; anything else ends, and leaves it. */
typedef int32_t (*guanxi_event_callback)(void *user, const guanxi_events *events);

/* ---- library ------------------------------------------------------------------------------- */

/* The version of the library that is linked, such as "0.1.0". Static; never released. */
GUANXI_API const char *guanxi_version(void);

/* The same as a number that grows: major * 1000000 + minor * 1000 + patch. */
GUANXI_API int32_t guanxi_version_number(void);

/* The stable lower-case name of a code, such as "not_found". Static; never released. A number that
   is no code is "internal". */
GUANXI_API const char *guanxi_code_name(int32_t code);

/* ---- errors -------------------------------------------------------------------------------- */

/* Accessors take NULL, for which they give GUANXI_OK, "" and 0. */

/* Releases an error that a call gave; not one from guanxi_error_other. */
GUANXI_API void guanxi_error_release(guanxi_error *error);

/* Its code, as the call returned it. */
GUANXI_API int32_t guanxi_error_code(const guanxi_error *error);

/* The stable name of its code. Static. */
GUANXI_API const char *guanxi_error_name(const guanxi_error *error);

/* One sentence that says what is wrong and, where known, what to do. Borrowed. */
GUANXI_API const char *guanxi_error_message(const guanxi_error *error, size_t *length);

/* The entity that it is about, or "". Borrowed. */
GUANXI_API const char *guanxi_error_entity(const guanxi_error *error, size_t *length);

/* The field that it is about, or "". Borrowed. */
GUANXI_API const char *guanxi_error_field(const guanxi_error *error, size_t *length);

/* The id of the record that it is about, or 0. */
GUANXI_API int64_t guanxi_error_record(const guanxi_error *error);

/* The line of the input file or text, or the row of a batch, from 1; or 0. */
GUANXI_API int64_t guanxi_error_line(const guanxi_error *error);

/* The byte in the query, expression, definition or argument text, from 0, or -1. */
GUANXI_API int64_t guanxi_error_offset(const guanxi_error *error);

/* The store's own code (SQLite: an extended result code), or 0. */
GUANXI_API int32_t guanxi_error_store_code(const guanxi_error *error);

/* 1 if the same call may succeed later, unchanged. */
GUANXI_API int32_t guanxi_error_is_retriable(const guanxi_error *error);

/* 1 if the session's open transaction is gone. */
GUANXI_API int32_t guanxi_error_is_aborted(const guanxi_error *error);

/* Of GUANXI_COMMIT_UNKNOWN: what guanxi_outcome is asked by, once the store was opened again; ""
   for others. */
GUANXI_API const char *guanxi_error_token(const guanxi_error *error, size_t *length);

/* Of GUANXI_CONFLICT: the record as it stands now, as the acting user may see it. Errors:
   GUANXI_NOT_FOUND if the error brings none. */
GUANXI_API int32_t guanxi_error_stored(const guanxi_error *error, guanxi_record **record,
                                       guanxi_error **err);

/* Of GUANXI_CONFLICT: the same with the values that the refused call was to write. Errors:
   GUANXI_NOT_FOUND if the error brings none, as that of a deletion. */
GUANXI_API int32_t guanxi_error_wanted(const guanxi_error *error, guanxi_record **record,
                                       guanxi_error **err);

/* Validation reports every fault: how many there are besides this one. */
GUANXI_API int32_t guanxi_error_other_count(const guanxi_error *error);

/* One of them, from 0, borrowed from `error`; NULL out of range. */
GUANXI_API const guanxi_error *guanxi_error_other(const guanxi_error *error, int32_t index);

/* ---- buffers ------------------------------------------------------------------------------- */

/* Releases a buffer. */
GUANXI_API void guanxi_buffer_release(guanxi_buffer *buffer);

/* Its bytes, ended by a NUL that `length` does not count. Borrowed. NULL gives "". */
GUANXI_API const char *guanxi_buffer_data(const guanxi_buffer *buffer, size_t *length);

/* ---- environment --------------------------------------------------------------------------- */

/* An environment with the system's clock: what the library sees of the world. */
GUANXI_API int32_t guanxi_environment_create(guanxi_environment **environment, guanxi_error **err);

/* Releases an environment. What was opened with it keeps its callbacks alive. */
GUANXI_API void guanxi_environment_release(guanxi_environment *environment);

/* Takes the time from the host, for stores opened later. `release` (may be NULL) is called with
   `user` when nothing needs the clock any more; if this call fails it is not called. */
GUANXI_API int32_t guanxi_environment_set_clock(guanxi_environment *environment,
                                                guanxi_clock_callback now, void *user,
                                                guanxi_release_callback release,
                                                guanxi_error **err);

/* ---- tenants and sessions ------------------------------------------------------------------ */

/* How to open a store. */
typedef struct guanxi_open_options {
  uint32_t struct_size;          /* sizeof(guanxi_open_options) */
  int32_t must_exist;            /* non-zero: a missing file is GUANXI_FILE_MISSING, not made */
  int32_t read_only;             /* non-zero: writing is GUANXI_READ_ONLY */
  const char *base_currency;     /* of amounts that name none; kept by a new store; NULL: USD */
  size_t base_currency_length;   /* bytes, or GUANXI_NTS */
  const char *vfs;               /* name of a registered SQLite VFS; NULL: the default */
  size_t vfs_length;             /* bytes, or GUANXI_NTS */
  int32_t store;                 /* GUANXI_STORE_KIND_… */
  /* how long a write waits for another, to 600,000; 0: 5000; -1: not at all */
  int32_t busy_timeout_ms;
  /* non-zero: a power cut may take the last commits of a SQLite file, whole ones; writes wait less
     for the disk */
  int32_t may_lose_last_commits;
} guanxi_open_options;

/* Opens or makes a store; the path ":memory:" keeps all in memory. A new store has the user
   `admin`, who may do everything. `environment` and `options` may be NULL; neither is kept. Errors:
   GUANXI_FILE_MISSING, GUANXI_NOT_A_DATABASE, GUANXI_NEWER_SCHEMA, GUANXI_STORE_IO, GUANXI_BUSY,
   each naming the path; GUANXI_UNSUPPORTED for a kind of store that this build has not. */
GUANXI_API int32_t guanxi_open(const guanxi_environment *environment, const char *path,
                               size_t path_length, const guanxi_open_options *options,
                               guanxi_tenant **tenant, guanxi_error **err);

/* How to open a CRM in a database of the host's. */
typedef struct guanxi_join_options {
  uint32_t struct_size;        /* sizeof(guanxi_join_options) */
  int32_t must_exist;          /* non-zero: a database without one is GUANXI_FILE_MISSING */
  /* of tables, views and indices: a-z, 0-9 and _, ending in _; NULL: gx_ */
  const char *prefix;
  size_t prefix_length;        /* bytes, or GUANXI_NTS */
  const char *base_currency;   /* of amounts that name none; kept by a new CRM; NULL: USD */
  size_t base_currency_length; /* bytes, or GUANXI_NTS */
} guanxi_join_options;

/* Opens or makes a CRM in the database that the host's own SQLite connection has open; what the
   host's transaction keeps or takes back, it keeps or takes back of ours. `functions` are those of
   the host's SQLite, as the header of that name fills them in; they are copied. The connection must
   outlive the tenant and its sessions, and all of them are used by one thread at a time.
   `environment` and `options` may be NULL. Errors: GUANXI_FILE_MISSING, GUANXI_NEWER_SCHEMA,
   GUANXI_BUSY, GUANXI_STORE_IO; GUANXI_UNSUPPORTED for a SQLite before 3.37 and for a database of
   UTF-16; GUANXI_LIMIT for a fourth other copy of SQLite in one process. */
GUANXI_API int32_t guanxi_open_in(const guanxi_environment *environment, struct sqlite3 *connection,
                                  const struct guanxi_sqlite_functions *functions,
                                  const guanxi_join_options *options, guanxi_tenant **tenant,
                                  guanxi_error **err);

/* Releases a tenant. The file closes with the last of the tenant and its sessions. */
GUANXI_API void guanxi_tenant_release(guanxi_tenant *tenant);

/* How much a tick does. */
typedef struct guanxi_tick_options {
  uint32_t struct_size; /* sizeof(guanxi_tick_options) */
  int64_t at_most;      /* records whose time has come, 1 to 1,000,000; 0: 10,000 */
  int64_t deadline_ms;  /* 1 to 86,400,000; what is done by then stays done; 0: none */
} guanxi_tick_options;

/* What a tick did, and when to call again. */
typedef struct guanxi_tick_report {
  uint32_t struct_size; /* sizeof(guanxi_tick_report) */
  int64_t ran;          /* records whose time had come and that were dealt with */
  int32_t more;         /* 1 if there are more that are due */
  int32_t has_next;     /* 1 if `next` is set */
  /* when the next is due, in microseconds since 1970-01-01T00:00:00Z; while there is more, the time
     of this call */
  int64_t next;
  int64_t failed;       /* records that stay due, for what guanxi_tick says in `failures` */
} guanxi_tick_report;

/* Runs what is due by the environment's clock, in the order of its time, each exactly once,
   whatever else ticks (docs/tick.md). `failures`, owned, is a JSON array of at most 100 {"timer":
   …, "entity": …, "record": …, "code": …, "message": …} of records that stay due. All but `tenant`
   may be NULL. Errors: GUANXI_INVALID_ARGUMENT, GUANXI_LIMIT, those of the store. */
GUANXI_API int32_t guanxi_tick(guanxi_tenant *tenant, const guanxi_tick_options *options,
                               guanxi_progress_callback progress, void *user,
                               guanxi_tick_report *report, guanxi_buffer **failures,
                               guanxi_error **err);

/* 1 if guanxi_open made the store, 0 if it was there or tenant is NULL. */
GUANXI_API int32_t guanxi_tenant_is_fresh(const guanxi_tenant *tenant);

/* What kind of store it is, such as "sqlite", borrowed; "" for NULL. */
GUANXI_API const char *guanxi_tenant_store_name(const guanxi_tenant *tenant, size_t *length);

/* Writes what is committed to a snapshot file of a memory store, which takes the place of an older
   one at once; `path` NULL is the one it was opened with. After a failure an older file is as it
   was. Errors: GUANXI_UNSUPPORTED for a store that keeps its file current, GUANXI_INVALID_ARGUMENT
   without a path, GUANXI_STORE_IO, GUANXI_STORE_FULL. */
GUANXI_API int32_t guanxi_tenant_save(const guanxi_tenant *tenant, const char *path,
                                      size_t path_length, guanxi_error **err);

/* Acts as a user: everything that the session gives is trimmed to what that user may see. Errors:
   GUANXI_UNKNOWN_NAME for a login that does not exist or is not active. */
GUANXI_API int32_t guanxi_as_user(const guanxi_tenant *tenant, const char *login,
                                  size_t login_length, guanxi_session **session,
                                  guanxi_error **err);

/* Acts with system sight: sees and may do all. `cause` says why and is written on every change.
   Errors: GUANXI_INVALID_ARGUMENT for an empty cause. */
GUANXI_API int32_t guanxi_as_system(const guanxi_tenant *tenant, const char *cause,
                                    size_t cause_length, guanxi_session **session,
                                    guanxi_error **err);

/* Releases a session; a transaction left open is undone. */
GUANXI_API void guanxi_session_release(guanxi_session *session);

/* The id of the acting user; 0 with system sight, and for NULL. */
GUANXI_API int64_t guanxi_session_user(const guanxi_session *session);

/* The login of the acting user, borrowed; "" with system sight, and for NULL. */
GUANXI_API const char *guanxi_session_login(const guanxi_session *session, size_t *length);

/* The currency of amounts that name none, such as "USD", borrowed; "" for NULL. */
GUANXI_API const char *guanxi_session_base_currency(const guanxi_session *session, size_t *length);

/* Begins a transaction: several writes as one, unseen by others until commit. A call that fails
   inside undoes itself only, unless guanxi_error_is_aborted. Errors: GUANXI_MISUSE if one is open,
   GUANXI_BUSY. */
GUANXI_API int32_t guanxi_begin(guanxi_session *session, guanxi_error **err);

/* Makes the open transaction permanent. Errors: GUANXI_MISUSE if none is open, those of the store;
   after one of the store, nothing was written and the transaction is gone. */
GUANXI_API int32_t guanxi_commit(guanxi_session *session, guanxi_error **err);

/* Undoes the open transaction. Errors: GUANXI_MISUSE if none is open. */
GUANXI_API int32_t guanxi_rollback(guanxi_session *session, guanxi_error **err);

/* 1 if a transaction is open; 0 for NULL. */
GUANXI_API int32_t guanxi_in_transaction(const guanxi_session *session);

/* Marks a place in the open transaction to come back to; they nest, numbered from 1. Errors:
   GUANXI_MISUSE if no transaction is open. */
GUANXI_API int32_t guanxi_savepoint(guanxi_session *session, int32_t *savepoint,
                                    guanxi_error **err);

/* Forgets a savepoint and those after it; what was written stays part of the transaction. Errors:
   GUANXI_MISUSE if there is no such savepoint. */
GUANXI_API int32_t guanxi_release_savepoint(guanxi_session *session, int32_t savepoint,
                                            guanxi_error **err);

/* Undoes what was written since a savepoint, which stays; those after it go. Errors: GUANXI_MISUSE
   if there is no such savepoint. */
GUANXI_API int32_t guanxi_rollback_to(guanxi_session *session, int32_t savepoint,
                                      guanxi_error **err);

/* Runs `work` in a transaction: begun before, committed if it gives GUANXI_OK, else undone. While
   it gives GUANXI_BUSY, or beginning or committing may succeed later, it is run again from the
   start, `attempts` times in all. Errors: GUANXI_INVALID_ARGUMENT for attempts below 1,
   GUANXI_MISUSE if a transaction is open, the code that `work` gave, those of guanxi_begin and
   guanxi_commit. */
GUANXI_API int32_t guanxi_transact(guanxi_session *session, guanxi_work_callback work, void *user,
                                   int32_t attempts, guanxi_error **err);

/* Begins several reads of one moment: until guanxi_end_reading this session's reads see the records
   and definitions as they are now, and cost less than each on its own. It writes nothing meanwhile;
   others write on. Rights that are taken away hold all the same: at once where this process took
   them, within 16 reads or 50 ms where another did. Errors: GUANXI_MISUSE inside a transaction or
   reading, GUANXI_UNSUPPORTED on a store that holds no moment. */
GUANXI_API int32_t guanxi_begin_reading(guanxi_session *session, guanxi_error **err);

/* Ends the reading; what is read next is as it is then. Errors: GUANXI_MISUSE if none is open. */
GUANXI_API int32_t guanxi_end_reading(guanxi_session *session, guanxi_error **err);

/* How long each call of the session may take, 1 to 86,400,000 ms; then it fails with GUANXI_LIMIT
   and has done nothing. 0: no limit. A query's own deadline is its own. Errors:
   GUANXI_INVALID_ARGUMENT for a time out of range. */
GUANXI_API int32_t guanxi_set_deadline(guanxi_session *session, int64_t milliseconds,
                                       guanxi_error **err);

/* What became of a commit that failed with GUANXI_COMMIT_UNKNOWN, by its guanxi_error_token: one of
   GUANXI_OUTCOME_…, once the store was opened again. Errors: GUANXI_INVALID_ARGUMENT for what is no
   token. */
GUANXI_API int32_t guanxi_outcome(const guanxi_tenant *tenant, const char *token,
                                  size_t token_length, int32_t *outcome, guanxi_error **err);

/* Stops the call that the session is in from another thread: it fails with GUANXI_INTERRUPTED and
   has done nothing, unless it is committing already. The session stays usable. Without a running
   call, nothing happens. NULL is ignored. */
GUANXI_API void guanxi_interrupt(const guanxi_session *session);

/* ---- drafts -------------------------------------------------------------------------------- */

/* A draft names the fields that a create or change shall write. Setting a field again replaces its
   value. Each set_x fails with GUANXI_UNKNOWN_NAME for a field that does not exist or that the user
   may not see, GUANXI_TYPE_MISMATCH or GUANXI_VALIDATION for a value that the field does not take,
   GUANXI_OVERFLOW, GUANXI_MIXED_CURRENCY; the draft is then as it was. */

/* The slot of a field: its place in records and drafts of an entity, the same as long as the entity
   exists; for guanxi_draft_set_at and guanxi_record_value_at. Errors: GUANXI_UNKNOWN_NAME, also for
   what the user may not see. */
GUANXI_API int32_t guanxi_slot(guanxi_session *session, const char *entity, size_t entity_length,
                               const char *field, size_t field_length, int32_t *slot,
                               guanxi_error **err);

/* An empty draft for an entity. Errors: GUANXI_UNKNOWN_NAME, also for an entity that the user may
   not read. */
GUANXI_API int32_t guanxi_draft_create(guanxi_session *session, const char *entity,
                                       size_t entity_length, guanxi_draft **draft,
                                       guanxi_error **err);

/* Releases a draft. */
GUANXI_API void guanxi_draft_release(guanxi_draft *draft);

/* Sets a text, a choice (by code), or any field from its text form. */
GUANXI_API int32_t guanxi_draft_set_text(guanxi_draft *draft, const char *field,
                                         size_t field_length, const char *text, size_t text_length,
                                         guanxi_error **err);

/* Sets an integer field, or a decimal or money field to a whole number. */
GUANXI_API int32_t guanxi_draft_set_integer(guanxi_draft *draft, const char *field,
                                            size_t field_length, int64_t value, guanxi_error **err);

/* Sets a decimal or money field to coefficient / 10^scale; scale 0 to 18. */
GUANXI_API int32_t guanxi_draft_set_decimal(guanxi_draft *draft, const char *field,
                                            size_t field_length, int64_t coefficient, int32_t scale,
                                            guanxi_error **err);

/* Sets a money field, and with it the currency of the record: three upper-case letters. */
GUANXI_API int32_t guanxi_draft_set_money(guanxi_draft *draft, const char *field,
                                          size_t field_length, int64_t coefficient, int32_t scale,
                                          const char *currency, size_t currency_length,
                                          guanxi_error **err);

/* Sets a date field, in days since 1970-01-01. */
GUANXI_API int32_t guanxi_draft_set_date(guanxi_draft *draft, const char *field,
                                         size_t field_length, int32_t days, guanxi_error **err);

/* Sets an instant field, in microseconds since 1970-01-01T00:00:00Z. */
GUANXI_API int32_t guanxi_draft_set_instant(guanxi_draft *draft, const char *field,
                                            size_t field_length, int64_t microseconds,
                                            guanxi_error **err);

/* Sets a reference field to a record's id, greater than 0. */
GUANXI_API int32_t guanxi_draft_set_reference(guanxi_draft *draft, const char *field,
                                              size_t field_length, int64_t id, guanxi_error **err);

/* Sets a boolean field: 0 is false, anything else true. */
GUANXI_API int32_t guanxi_draft_set_boolean(guanxi_draft *draft, const char *field,
                                            size_t field_length, int32_t value, guanxi_error **err);

/* Empties a field of any kind. */
GUANXI_API int32_t guanxi_draft_set_null(guanxi_draft *draft, const char *field,
                                         size_t field_length, guanxi_error **err);

/* Sets the field in a slot to a value of any type, for loops that write many records. */
GUANXI_API int32_t guanxi_draft_set_at(guanxi_draft *draft, int32_t slot, const guanxi_value *value,
                                       guanxi_error **err);

/* ---- writing and reading records ----------------------------------------------------------- */

/* How to write. */
typedef struct guanxi_write_options {
  uint32_t struct_size;      /* sizeof(guanxi_write_options) */
  /* change, delete, archive: GUANXI_CONFLICT unless it is the record's; 0: any */
  int64_t expected_revision;
  const char *cause;         /* why, for the change log; NULL: "api" */
  size_t cause_length;       /* bytes, or GUANXI_NTS */
} guanxi_write_options;

/* Stores a new record of the draft's entity; the draft may be used again. `options` may be NULL,
   and `record` too if the answer is not wanted; it is owned, as the user sees it, effects applied.
   Errors: GUANXI_PERMISSION, GUANXI_UNKNOWN_NAME, GUANXI_VALIDATION (every fault:
   guanxi_error_other), GUANXI_DUPLICATE, GUANXI_MIXED_CURRENCY, those of the store. */
GUANXI_API int32_t guanxi_create(guanxi_session *session, const guanxi_draft *draft,
                                 const guanxi_write_options *options, guanxi_record **record,
                                 guanxi_error **err);

/* Changes what the draft names in the record with this id. `options` and `record` as for
   guanxi_create. Errors: those, GUANXI_CONFLICT, GUANXI_NOT_FOUND (also for what is out of
   sight). */
GUANXI_API int32_t guanxi_change(guanxi_session *session, int64_t id, const guanxi_draft *draft,
                                 const guanxi_write_options *options, guanxi_record **record,
                                 guanxi_error **err);

/* A live record within the user's reach; fields that the user may not see are absent. Owned.
   Errors: GUANXI_NOT_FOUND, which tells missing from forbidden to nobody; GUANXI_UNKNOWN_NAME. */
GUANXI_API int32_t guanxi_get(guanxi_session *session, const char *entity, size_t entity_length,
                              int64_t id, guanxi_record **record, guanxi_error **err);

/* A record as it was after the change of this sequence or, if that is 0, at this instant, in
   microseconds since 1970-01-01T00:00:00Z (docs/changes.md). Owned. Errors: GUANXI_NOT_FOUND if it
   was not live then or is not within the user's reach, then and now; GUANXI_PRUNED,
   GUANXI_UNKNOWN_NAME, GUANXI_INVALID_ARGUMENT. */
GUANXI_API int32_t guanxi_get_as_of(guanxi_session *session, const char *entity,
                                    size_t entity_length, int64_t id, int64_t sequence, int64_t at,
                                    guanxi_record **record, guanxi_error **err);

/* Deletes a record with what goes along with it, all of it or nothing (docs/deleting.md). `options`
   may be NULL. Errors: GUANXI_PERMISSION and GUANXI_VALIDATION (what stands in the way:
   guanxi_error_other), GUANXI_NOT_FOUND, GUANXI_CONFLICT, GUANXI_LIMIT, those of the store. */
GUANXI_API int32_t guanxi_delete(guanxi_session *session, const char *entity, size_t entity_length,
                                 int64_t id, const guanxi_write_options *options,
                                 guanxi_error **err);

/* Brings back all that was deleted together with a record, and nothing else. `options` may be NULL,
   and `records` too, which is how many records came back. Errors: GUANXI_PERMISSION,
   GUANXI_NOT_FOUND, GUANXI_VALIDATION (it is not deleted, or what it belongs to is),
   GUANXI_DUPLICATE (a unique value that another record has now). */
GUANXI_API int32_t guanxi_restore(guanxi_session *session, const char *entity, size_t entity_length,
                                  int64_t id, const guanxi_write_options *options, int64_t *records,
                                  guanxi_error **err);

/* Brings back what was deleted as one batch: the field `deletion_batch` of the records in `from
   account deleted`. `options` and `records` as for guanxi_restore. Errors: those of
   guanxi_restore. */
GUANXI_API int32_t guanxi_restore_batch(guanxi_session *session, int64_t batch,
                                        const guanxi_write_options *options, int64_t *records,
                                        guanxi_error **err);

/* Puts a record away: it becomes read-only, and is shown by guanxi_get and by queries `with
   archived` alone. `options` and `record` as for guanxi_change. Errors: GUANXI_PERMISSION,
   GUANXI_NOT_FOUND, GUANXI_CONFLICT, those of the store. */
GUANXI_API int32_t guanxi_archive(guanxi_session *session, const char *entity, size_t entity_length,
                                  int64_t id, const guanxi_write_options *options,
                                  guanxi_record **record, guanxi_error **err);

/* Takes an archived record back. `options` and `record` as for guanxi_change. Errors: those of
   guanxi_archive. */
GUANXI_API int32_t guanxi_unarchive(guanxi_session *session, const char *entity,
                                    size_t entity_length, int64_t id,
                                    const guanxi_write_options *options, guanxi_record **record,
                                    guanxi_error **err);

/* What a purge takes away. */
typedef struct guanxi_purge_options {
  uint32_t struct_size; /* sizeof(guanxi_purge_options) */
  /* an instant: what was deleted earlier; 0: by the setting `purge_after_days`, 30 days */
  int64_t before;
  const char *cause;    /* why, for the change log; NULL: "api" */
  size_t cause_length;  /* bytes, or GUANXI_NTS */
} guanxi_purge_options;

/* What came of a purge. */
typedef struct guanxi_purge_report {
  uint32_t struct_size; /* sizeof(guanxi_purge_report) */
  int64_t purged;       /* records erased */
  int64_t kept;         /* deleted long enough ago, but live records cannot be without them */
  int32_t complete;     /* 0 if the progress callback ended it */
} guanxi_purge_report;

/* Takes out of the tables what was deleted long enough ago, in transactions of its own; for those
   who administer permissions. A callback that returns non-zero ends it between two transactions,
   which is no error. `options`, `progress` and `report` may be NULL. Errors: GUANXI_PERMISSION,
   GUANXI_MISUSE inside a transaction, those of the store; what was purged before an error stays
   purged. */
GUANXI_API int32_t guanxi_purge(guanxi_session *session, const guanxi_purge_options *options,
                                guanxi_progress_callback progress, void *user,
                                guanxi_purge_report *report, guanxi_error **err);

#ifdef GUANXI_UNSTABLE
/* Writes many records, all of them or, after an error, none: in a transaction of its own or in the
   open one, of which it undoes no more than its own. A row whose id is 0 is created and its new id
   put there, any other is changed. The same draft may stand in many rows. `options` and `progress`
   may be NULL; a revision to expect is of no use here. Errors: GUANXI_INTERRUPTED if cancelled,
   those of guanxi_create and guanxi_change with the row's number, from 1, as guanxi_error_line. */
GUANXI_API int32_t guanxi_put_many(guanxi_session *session, const guanxi_draft *const *drafts,
                                   int64_t *ids, size_t count, const guanxi_write_options *options,
                                   guanxi_progress_callback progress, void *user,
                                   guanxi_error **err);
#endif

#ifdef GUANXI_UNSTABLE
/* The same from an Arrow stream, a row a record: columns are named as the fields are. A column id
   names the record to change, null or absent a new one; a column revision guards the changes. A
   null clears the field of a record that is changed, and leaves that of a new one to its default.
   `rows` is used up and released, whatever happens. `ids` becomes a stream of one column, id, a row
   for each of the given ones. Errors: those of guanxi_put_many, GUANXI_UNKNOWN_NAME for a column,
   GUANXI_TYPE_MISMATCH for one that no field takes, GUANXI_DUPLICATE for one that comes twice. */
GUANXI_API int32_t guanxi_put_table(guanxi_session *session, const char *entity,
                                    size_t entity_length, struct ArrowArrayStream *rows,
                                    struct ArrowArrayStream *ids,
                                    const guanxi_write_options *options,
                                    guanxi_progress_callback progress, void *user,
                                    guanxi_error **err);
#endif

#ifdef GUANXI_UNSTABLE
/* Deletes many records as one deletion, all of them or, after an error, none; as guanxi_put_many.
   Errors: GUANXI_INTERRUPTED if cancelled, those of guanxi_delete with the row's number, from 1, as
   guanxi_error_line. */
GUANXI_API int32_t guanxi_delete_many(guanxi_session *session, const char *entity,
                                      size_t entity_length, const int64_t *ids, size_t count,
                                      const guanxi_write_options *options,
                                      guanxi_progress_callback progress, void *user,
                                      guanxi_error **err);
#endif

#ifdef GUANXI_UNSTABLE
/* Reads a record for each id: NULL for one that is missing or out of reach. Each record is owned,
   and released for itself. Errors: GUANXI_UNKNOWN_NAME. */
GUANXI_API int32_t guanxi_get_many(guanxi_session *session, const char *entity,
                                   size_t entity_length, const int64_t *ids,
                                   guanxi_record **records, size_t count, guanxi_error **err);
#endif

/* ---- records ------------------------------------------------------------------------------- */

/* A record is a copy of what was read. Each getter fails with GUANXI_UNKNOWN_NAME for a field that
   does not exist or that the user may not see, and with GUANXI_TYPE_MISMATCH for a value of another
   type. For a null, *is_null becomes 1 and the value 0; with is_null NULL, a null is
   GUANXI_TYPE_MISMATCH, so that it is never taken for a 0. A null text is a NULL pointer. */

/* Releases a record. */
GUANXI_API void guanxi_record_release(guanxi_record *record);

/* Its id; 0 for NULL. */
GUANXI_API int64_t guanxi_record_id(const guanxi_record *record);

/* Its revision: 1 when made, one more with each change; 0 for NULL. */
GUANXI_API int64_t guanxi_record_revision(const guanxi_record *record);

/* The name of its entity, borrowed; "" for NULL. */
GUANXI_API const char *guanxi_record_entity(const guanxi_record *record, size_t *length);

/* Whether the record has a field of this name that the user may see: 1 or 0. */
GUANXI_API int32_t guanxi_record_is_visible(const guanxi_record *record, const char *field,
                                            size_t field_length, int32_t *is_visible,
                                            guanxi_error **err);

/* Whether a field is null: 1 or 0. */
GUANXI_API int32_t guanxi_record_is_null(const guanxi_record *record, const char *field,
                                         size_t field_length, int32_t *is_null, guanxi_error **err);

/* A field of any type. */
GUANXI_API int32_t guanxi_record_value(const guanxi_record *record, const char *field,
                                       size_t field_length, guanxi_value *value,
                                       guanxi_error **err);

/* The field in a slot (guanxi_slot), for loops that read many records. */
GUANXI_API int32_t guanxi_record_value_at(const guanxi_record *record, int32_t slot,
                                          guanxi_value *value, guanxi_error **err);

/* A boolean, 0 or 1. */
GUANXI_API int32_t guanxi_record_boolean(const guanxi_record *record, const char *field,
                                         size_t field_length, int32_t *value, int32_t *is_null,
                                         guanxi_error **err);

/* An integer. */
GUANXI_API int32_t guanxi_record_integer(const guanxi_record *record, const char *field,
                                         size_t field_length, int64_t *value, int32_t *is_null,
                                         guanxi_error **err);

/* A decimal, the amount of money, or an integer at scale 0. */
GUANXI_API int32_t guanxi_record_decimal(const guanxi_record *record, const char *field,
                                         size_t field_length, int64_t *coefficient, int32_t *scale,
                                         int32_t *is_null, guanxi_error **err);

/* An amount with the record's currency: three letters, borrowed; "" if unknown or not visible. */
GUANXI_API int32_t guanxi_record_money(const guanxi_record *record, const char *field,
                                       size_t field_length, int64_t *coefficient, int32_t *scale,
                                       const char **currency, int32_t *is_null, guanxi_error **err);

/* A text or the code of a choice, borrowed; NULL and 0 if null. */
GUANXI_API int32_t guanxi_record_text(const guanxi_record *record, const char *field,
                                      size_t field_length, const char **text, size_t *length,
                                      guanxi_error **err);

/* A date, in days since 1970-01-01. */
GUANXI_API int32_t guanxi_record_date(const guanxi_record *record, const char *field,
                                      size_t field_length, int32_t *days, int32_t *is_null,
                                      guanxi_error **err);

/* An instant, in microseconds since 1970-01-01T00:00:00Z. */
GUANXI_API int32_t guanxi_record_instant(const guanxi_record *record, const char *field,
                                         size_t field_length, int64_t *microseconds,
                                         int32_t *is_null, guanxi_error **err);

/* The id that a reference holds. */
GUANXI_API int32_t guanxi_record_reference(const guanxi_record *record, const char *field,
                                           size_t field_length, int64_t *id, int32_t *is_null,
                                           guanxi_error **err);

/* ---- parameters ---------------------------------------------------------------------------- */

/* Values for the :names of a query or report. Each set_x gives `name` one value, in place of what
   it had. guanxi_parameters_append makes and fills the list of `name`, for `in :name`. */

/* An empty set of parameters. */
GUANXI_API int32_t guanxi_parameters_create(guanxi_parameters **parameters, guanxi_error **err);

/* Releases parameters. */
GUANXI_API void guanxi_parameters_release(guanxi_parameters *parameters);

/* Sets a null. */
GUANXI_API int32_t guanxi_parameters_set_null(guanxi_parameters *parameters, const char *name,
                                              size_t name_length, guanxi_error **err);

/* Sets a boolean: 0 is false, anything else true. */
GUANXI_API int32_t guanxi_parameters_set_boolean(guanxi_parameters *parameters, const char *name,
                                                 size_t name_length, int32_t value,
                                                 guanxi_error **err);

/* Sets an integer. */
GUANXI_API int32_t guanxi_parameters_set_integer(guanxi_parameters *parameters, const char *name,
                                                 size_t name_length, int64_t value,
                                                 guanxi_error **err);

/* Sets coefficient / 10^scale; scale 0 to 18. */
GUANXI_API int32_t guanxi_parameters_set_decimal(guanxi_parameters *parameters, const char *name,
                                                 size_t name_length, int64_t coefficient,
                                                 int32_t scale, guanxi_error **err);

/* Sets a text. */
GUANXI_API int32_t guanxi_parameters_set_text(guanxi_parameters *parameters, const char *name,
                                              size_t name_length, const char *text,
                                              size_t text_length, guanxi_error **err);

/* Sets a date, in days since 1970-01-01. */
GUANXI_API int32_t guanxi_parameters_set_date(guanxi_parameters *parameters, const char *name,
                                              size_t name_length, int32_t days, guanxi_error **err);

/* Sets an instant, in microseconds since 1970-01-01T00:00:00Z. */
GUANXI_API int32_t guanxi_parameters_set_instant(guanxi_parameters *parameters, const char *name,
                                                 size_t name_length, int64_t microseconds,
                                                 guanxi_error **err);

/* Sets a record's id, greater than 0. */
GUANXI_API int32_t guanxi_parameters_set_reference(guanxi_parameters *parameters, const char *name,
                                                   size_t name_length, int64_t id,
                                                   guanxi_error **err);

/* Makes `name` an empty list, in place of what it had; `in` an empty list is false. */
GUANXI_API int32_t guanxi_parameters_set_list(guanxi_parameters *parameters, const char *name,
                                              size_t name_length, guanxi_error **err);

/* Adds a member to the list of `name`. Errors: GUANXI_MISUSE if `name` has a single value. */
GUANXI_API int32_t guanxi_parameters_append(guanxi_parameters *parameters, const char *name,
                                            size_t name_length, const guanxi_value *value,
                                            guanxi_error **err);

/* ---- queries and results ------------------------------------------------------------------- */

/* Bounds of one query. */
typedef struct guanxi_query_options {
  uint32_t struct_size;    /* sizeof(guanxi_query_options) */
  int64_t deadline_ms;     /* 1 to 86,400,000 from now, then GUANXI_LIMIT; 0: none */
  int64_t max_rows;        /* more rows are GUANXI_LIMIT; 0: 10,000,000 */
  /* records as they were after this change (docs/changes.md); 0: as they are */
  int64_t as_of_sequence;
  /* records as they were at this instant, in microseconds since 1970-01-01T00:00:00Z; 0: as they
     are */
  int64_t as_of_at;
  /* the days of this query are those of this IANA time zone, such as "Asia/Shanghai"; NULL: of the
     calendar (docs/calendars.md) */
  const char *time_zone;
  size_t time_zone_length; /* bytes, or GUANXI_NTS */
  /* keeping more bytes of rows, groups, lists and answer than this is GUANXI_LIMIT; 0: 8 GiB */
  int64_t max_memory;
} guanxi_query_options;

/* Runs a query of the language (docs/query.md), trimmed to what the user may see. `parameters` and
   `options` may be NULL. The result is owned, and complete: later writes do not change it. Errors:
   GUANXI_PARSE, GUANXI_UNKNOWN_NAME, GUANXI_TYPE_MISMATCH with guanxi_error_offset;
   GUANXI_OVERFLOW, GUANXI_MIXED_CURRENCY, GUANXI_LIMIT, GUANXI_INTERRUPTED. */
GUANXI_API int32_t guanxi_query(guanxi_session *session, const char *text, size_t text_length,
                                const guanxi_parameters *parameters,
                                const guanxi_query_options *options, guanxi_result **result,
                                guanxi_error **err);

/* Where a search looks, and how much it gives. */
typedef struct guanxi_search_options {
  uint32_t struct_size;   /* sizeof(guanxi_search_options) */
  /* names with commas between, such as "account,contact"; NULL: all that have a searchable field
     within sight */
  const char *entities;
  size_t entities_length; /* bytes, or GUANXI_NTS */
  int64_t limit;          /* records in all, 1 to 1,000; 0: 20 */
  int64_t deadline_ms;    /* 1 to 86,400,000 from now, then GUANXI_LIMIT; 0: none */
} guanxi_search_options;

/* The records that answer best what a person typed into one box, of all entities within sight
   (docs/search.md), as columns entity, id, title and relevance; the most relevant first. Errors:
   GUANXI_UNKNOWN_NAME for an entity that does not exist or has nothing to search,
   GUANXI_INVALID_ARGUMENT for the limit, GUANXI_LIMIT, GUANXI_INTERRUPTED. */
GUANXI_API int32_t guanxi_search(guanxi_session *session, const char *typed, size_t typed_length,
                                 const guanxi_search_options *options, guanxi_result **result,
                                 guanxi_error **err);

/* How an action is called. */
typedef struct guanxi_invoke_options {
  uint32_t struct_size; /* sizeof(guanxi_invoke_options) */
  /* non-zero: nothing is written; the answer is what would be: columns step, verb, entity, record,
     field, before and after */
  int32_t preview;
  const char *cause;    /* why, for the change log; NULL: the action's name */
  size_t cause_length;  /* bytes, or GUANXI_NTS */
} guanxi_invoke_options;

/* Runs an action of the standard CRM or of a module, such as "lead.convert" (docs/actions.md),
   whole or not at all, in the open transaction if there is one. `parameters`, `options` and
   `result` may be NULL. What it answers is a table, mostly of one row. Errors: GUANXI_UNKNOWN_NAME
   for an action or parameter that does not exist, or is about what the user may not read;
   GUANXI_INVALID_ARGUMENT, GUANXI_TYPE_MISMATCH, GUANXI_PERMISSION, GUANXI_DUPLICATE,
   GUANXI_VALIDATION, GUANXI_CONFLICT; GUANXI_UNSUPPORTED where several writes have to be one and
   the store has no transactions. */
GUANXI_API int32_t guanxi_invoke(guanxi_session *session, const char *action, size_t action_length,
                                 const guanxi_parameters *parameters,
                                 const guanxi_invoke_options *options, guanxi_result **result,
                                 guanxi_error **err);

/* The actions that the user knows, a row for each of their parameters and results: columns action,
   label_en, label_zh, entity, writes, role ("parameter", "result"; null: it has neither), name,
   kind, target, required, default and choices (codes, by commas). */
GUANXI_API int32_t guanxi_session_actions(guanxi_session *session, guanxi_result **result,
                                          guanxi_error **err);

/* Reads a query once, to run it often: any session of any tenant, on any thread, runs it under its
   own rights, and what it was bound to is used again. Whether its names exist is found out when it
   runs. Errors: GUANXI_PARSE with guanxi_error_offset, GUANXI_LIMIT. */
GUANXI_API int32_t guanxi_prepare(const char *text, size_t text_length, guanxi_prepared **prepared,
                                  guanxi_error **err);

/* Releases a prepared query. */
GUANXI_API void guanxi_prepared_release(guanxi_prepared *prepared);

/* How many parameters it has, each once; 0 for NULL. */
GUANXI_API int32_t guanxi_prepared_parameter_count(const guanxi_prepared *prepared);

/* The name of a parameter, from 0, in the order of the text; without its colon. Borrowed. Errors:
   GUANXI_INVALID_ARGUMENT out of range. */
GUANXI_API int32_t guanxi_prepared_parameter(const guanxi_prepared *prepared, int32_t index,
                                             const char **name, size_t *length, guanxi_error **err);

/* As guanxi_query, of a query that was read before. Errors: those of guanxi_query. */
GUANXI_API int32_t guanxi_query_prepared(guanxi_session *session, const guanxi_prepared *prepared,
                                         const guanxi_parameters *parameters,
                                         const guanxi_query_options *options,
                                         guanxi_result **result, guanxi_error **err);

/* Releases a result. */
GUANXI_API void guanxi_result_release(guanxi_result *result);

/* Number of columns; 0 for NULL. */
GUANXI_API int32_t guanxi_result_column_count(const guanxi_result *result);

/* Number of rows; 0 for NULL. */
GUANXI_API int64_t guanxi_result_row_count(const guanxi_result *result);

/* 1 if a column is of children (a select among what the query selects), else 0; also for NULL and a
   column that is not there. As a value it is an integer, how many a row has. */
GUANXI_API int32_t guanxi_result_has_children(const guanxi_result *result, int32_t column);

/* The children of one row, an answer of their own. Owned. Errors: GUANXI_TYPE_MISMATCH for a column
   of values, GUANXI_INVALID_ARGUMENT. */
GUANXI_API int32_t guanxi_result_children(const guanxi_result *result, int64_t row, int32_t column,
                                          guanxi_result **children, guanxi_error **err);

/* Of a query with `after` (docs/query.md, Pages): `next` is the cursor to the page behind,
   borrowed, NULL and 0 on the last page; `since`, which may be NULL, is the last change of the log
   when the first page was asked for. Of other queries NULL and 0. */
GUANXI_API int32_t guanxi_result_page(const guanxi_result *result, const char **next,
                                      size_t *length, int64_t *since, guanxi_error **err);

/* The position of a column, from 0. Errors: GUANXI_UNKNOWN_NAME. */
GUANXI_API int32_t guanxi_result_column(const guanxi_result *result, const char *name,
                                        size_t name_length, int32_t *column, guanxi_error **err);

/* A column of a result; its texts are borrowed from the result. */
typedef struct guanxi_column_info {
  uint32_t struct_size;   /* sizeof(guanxi_column_info) */
  const char *name;       /* as the query names it */
  size_t name_length;     /* its bytes */
  const char *label_en;   /* its heading for people, the label of its field, else its name */
  size_t label_en_length; /* its bytes */
  const char *label_zh;   /* the same in Chinese */
  size_t label_zh_length; /* its bytes */
  int32_t type;           /* GUANXI_TYPE_…; GUANXI_TYPE_NULL for one that is only ever null */
  int32_t scale;          /* digits after the point of a decimal column, 0 to 18; else 0 */
  int32_t is_money;       /* 1 if a decimal column holds amounts of money */
} guanxi_column_info;

/* What a column is. Errors: GUANXI_INVALID_ARGUMENT out of range. */
GUANXI_API int32_t guanxi_result_column_info(const guanxi_result *result, int32_t column,
                                             guanxi_column_info *info, guanxi_error **err);

/* Cells: row from 0 below guanxi_result_row_count, column from 0; out of range is
   GUANXI_INVALID_ARGUMENT. Types and nulls as for records. */

/* Whether a cell is null: 1 or 0. */
GUANXI_API int32_t guanxi_result_is_null(const guanxi_result *result, int64_t row, int32_t column,
                                         int32_t *is_null, guanxi_error **err);

/* A cell of any type. */
GUANXI_API int32_t guanxi_result_value(const guanxi_result *result, int64_t row, int32_t column,
                                       guanxi_value *value, guanxi_error **err);

/* A boolean, 0 or 1. */
GUANXI_API int32_t guanxi_result_boolean(const guanxi_result *result, int64_t row, int32_t column,
                                         int32_t *value, int32_t *is_null, guanxi_error **err);

/* An integer. */
GUANXI_API int32_t guanxi_result_integer(const guanxi_result *result, int64_t row, int32_t column,
                                         int64_t *value, int32_t *is_null, guanxi_error **err);

/* A decimal or amount at the column's scale, or an integer at scale 0. `scale` may be NULL. */
GUANXI_API int32_t guanxi_result_decimal(const guanxi_result *result, int64_t row, int32_t column,
                                         int64_t *coefficient, int32_t *scale, int32_t *is_null,
                                         guanxi_error **err);

/* A text, borrowed; NULL and 0 if null. */
GUANXI_API int32_t guanxi_result_text(const guanxi_result *result, int64_t row, int32_t column,
                                      const char **text, size_t *length, guanxi_error **err);

/* A date, in days since 1970-01-01. */
GUANXI_API int32_t guanxi_result_date(const guanxi_result *result, int64_t row, int32_t column,
                                      int32_t *days, int32_t *is_null, guanxi_error **err);

/* An instant, in microseconds since 1970-01-01T00:00:00Z. */
GUANXI_API int32_t guanxi_result_instant(const guanxi_result *result, int64_t row, int32_t column,
                                         int64_t *microseconds, int32_t *is_null,
                                         guanxi_error **err);

/* The id that a reference holds. */
GUANXI_API int32_t guanxi_result_reference(const guanxi_result *result, int64_t row, int32_t column,
                                           int64_t *id, int32_t *is_null, guanxi_error **err);

/* The whole result as JSON, {"columns": [{"name": …, "type": …, "scale": …}, …], "rows": [[…], …]}:
   types are "decimal", "text", …; decimals are numbers with all their digits; ids, dates and
   instants are strings. Owned. */
GUANXI_API int32_t guanxi_result_json(const guanxi_result *result, guanxi_buffer **json,
                                      guanxi_error **err);

/* The whole result as CSV (RFC 4180) with a header row: a null is an empty cell, an empty text is
   "", and text that a spreadsheet would run as a formula begins with an apostrophe. Owned. */
GUANXI_API int32_t guanxi_result_csv(const guanxi_result *result, guanxi_buffer **csv,
                                     guanxi_error **err);

/* Writes the result to a file, GUANXI_FORMAT_…: beside `path`, then in its place at once; after an
   error what was there stays. `progress` is told rows. Errors: GUANXI_DUPLICATE if a store is
   there, GUANXI_INTERRUPTED if cancelled, GUANXI_BUSY if another writes there,
   GUANXI_INVALID_ARGUMENT, GUANXI_STORE_IO, GUANXI_STORE_FULL. */
GUANXI_API int32_t guanxi_result_save(const guanxi_result *result, int32_t format, const char *path,
                                      size_t path_length, guanxi_progress_callback progress,
                                      void *user, guanxi_error **err);

/* Fills an Arrow C stream, whose batches the receiver owns and releases by stream->release; it
   outlives the result. Dates are date32, instants timestamps in microseconds UTC, decimals
   decimal128. The struct is that of the Arrow specification. */
GUANXI_API int32_t guanxi_result_arrow_stream(const guanxi_result *result,
                                              struct ArrowArrayStream *stream, guanxi_error **err);

/* ---- queries as JSON ----------------------------------------------------------------------- */

/* A query has two forms, the text that guanxi_query runs and the JSON that programs put together
   (docs/query_builder.md); each is made of the other, so that a host may keep either. No session is
   needed: what names mean is found out when the query runs. */

/* The JSON of a query's text, in one line. Owned. Errors: GUANXI_PARSE with guanxi_error_offset,
   GUANXI_UNKNOWN_NAME, GUANXI_LIMIT. */
GUANXI_API int32_t guanxi_statement_to_json(const char *text, size_t text_length,
                                            guanxi_buffer **json, guanxi_error **err);

/* The text of a query in JSON, in its one form. The error of what is no query ends with its place
   in the document, a JSON pointer such as `/where/and/0`. Owned. Errors: GUANXI_PARSE for what is
   not JSON or a value that cannot be read, GUANXI_UNKNOWN_NAME for a key or word,
   GUANXI_INVALID_ARGUMENT for what stands where it may not, GUANXI_UNSUPPORTED for another version,
   GUANXI_OVERFLOW, GUANXI_LIMIT. */
GUANXI_API int32_t guanxi_statement_from_json(const char *json, size_t json_length,
                                              guanxi_buffer **text, guanxi_error **err);

/* ---- explanations -------------------------------------------------------------------------- */

/* How a query of a user's would be answered (`login` NULL: the acting user's), and by what
   conditions of his rights; for those who administer permissions. `shape` is JSON, {"statement": …,
   "store": …, "division": "store" | "shared" | "core", "conditions": [{"text": …, "verdict":
   "exact" | "prune" | "unsupported"}, …], "guards": [{"entity": …, "reach": …}, …], "access": […],
   "nested": […]}, owned. Not inside a transaction (GUANXI_MISUSE). Errors: GUANXI_PERMISSION,
   GUANXI_UNKNOWN_NAME, those of guanxi_query. */
GUANXI_API int32_t guanxi_explain_query(guanxi_session *session, const char *text,
                                        size_t text_length, const guanxi_parameters *parameters,
                                        const char *login, size_t login_length,
                                        guanxi_buffer **shape, guanxi_error **err);

/* Why the acting user may or may not do this to a record, or, with a field, to that field of it
   (NULL: the record alone; a field takes GUANXI_ACTION_READ and GUANXI_ACTION_EDIT only). Owned.
   Errors: GUANXI_INVALID_ARGUMENT for no action, GUANXI_NOT_FOUND for a record out of sight,
   GUANXI_UNKNOWN_NAME. */
GUANXI_API int32_t guanxi_explain(guanxi_session *session, int32_t action, const char *entity,
                                  size_t entity_length, int64_t id, const char *field,
                                  size_t field_length, guanxi_explanation **explanation,
                                  guanxi_error **err);

/* The same for another user's right to a record; for those who administer permissions. Errors:
   those, GUANXI_PERMISSION. */
GUANXI_API int32_t guanxi_explain_for(guanxi_session *session, const char *login,
                                      size_t login_length, int32_t action, const char *entity,
                                      size_t entity_length, int64_t id,
                                      guanxi_explanation **explanation, guanxi_error **err);

/* Releases an explanation. */
GUANXI_API void guanxi_explanation_release(guanxi_explanation *explanation);

/* 1 if it is allowed, 0 if not or for NULL. */
GUANXI_API int32_t guanxi_explanation_is_allowed(const guanxi_explanation *explanation);

/* Number of reasons; 0 for NULL. */
GUANXI_API int32_t guanxi_explanation_reason_count(const guanxi_explanation *explanation);

/* One reason of an explanation, from which its texts are borrowed. */
typedef struct guanxi_reason_info {
  uint32_t struct_size;  /* sizeof(guanxi_reason_info) */
  int32_t grants;        /* 1 if it is a path that grants, 0 if it is a gate that failed */
  const char *code;      /* stable, such as "owner" */
  size_t code_length;    /* its bytes */
  const char *text_en;   /* in words */
  size_t text_en_length; /* its bytes */
  const char *text_zh;   /* the same in Chinese */
  size_t text_zh_length; /* its bytes */
} guanxi_reason_info;

/* A reason, from 0. Errors: GUANXI_INVALID_ARGUMENT out of range. */
GUANXI_API int32_t guanxi_explanation_reason(const guanxi_explanation *explanation, int32_t reason,
                                             guanxi_reason_info *info, guanxi_error **err);

/* ---- history ------------------------------------------------------------------------------- */

/* What happened to a record within reach, oldest first, without the fields that the user may not
   see. Owned. Errors: GUANXI_NOT_FOUND, GUANXI_UNKNOWN_NAME. */
GUANXI_API int32_t guanxi_history_read(guanxi_session *session, const char *entity,
                                       size_t entity_length, int64_t id, guanxi_history **history,
                                       guanxi_error **err);

/* Releases a history. */
GUANXI_API void guanxi_history_release(guanxi_history *history);

/* Number of entries; 0 for NULL. */
GUANXI_API int32_t guanxi_history_count(const guanxi_history *history);

/* One change of a record; its texts are borrowed from the history. */
typedef struct guanxi_entry_info {
  uint32_t struct_size; /* sizeof(guanxi_entry_info) */
  int64_t sequence;     /* its number in the store's change log, which grows with every commit */
  int64_t at;           /* when, in microseconds since 1970-01-01T00:00:00Z */
  int64_t user;         /* whose id; 0: system sight */
  const char *cause;    /* why, such as "api" or "import" */
  size_t cause_length;  /* its bytes */
  const char *action;   /* "create", "edit", "delete", "restore" or "purge" */
  size_t action_length; /* its bytes */
  int32_t field_count;  /* fields that changed */
} guanxi_entry_info;

/* An entry, from 0. Errors: GUANXI_INVALID_ARGUMENT out of range. */
GUANXI_API int32_t guanxi_history_entry(const guanxi_history *history, int32_t entry,
                                        guanxi_entry_info *info, guanxi_error **err);

/* A field that changed in an entry, from 0: its name, borrowed, and its value before and after;
   each of the three may be NULL if it is not wanted. Errors: GUANXI_INVALID_ARGUMENT out of
   range. */
GUANXI_API int32_t guanxi_history_field(const guanxi_history *history, int32_t entry, int32_t field,
                                        const char **name, guanxi_value *before,
                                        guanxi_value *after, guanxi_error **err);

/* The values of one field: the entries that changed it, with that field alone. Owned. Errors:
   GUANXI_NOT_FOUND, GUANXI_UNKNOWN_NAME. */
GUANXI_API int32_t guanxi_history_of_field(guanxi_session *session, const char *entity,
                                           size_t entity_length, int64_t id, const char *field,
                                           size_t field_length, guanxi_history **history,
                                           guanxi_error **err);

/* ---- change feed --------------------------------------------------------------------------- */

/* Which changes a feed gives. Names are separated by commas; none stands for all. */
typedef struct guanxi_feed_options {
  uint32_t struct_size;   /* sizeof(guanxi_feed_options) */
  const char *entities;   /* such as "account,contact" */
  size_t entities_length; /* bytes, or GUANXI_NTS */
  /* `field` or `entity.field`: only changes of these, told alone, and what is deleted, restored or
     purged */
  const char *fields;
  size_t fields_length;   /* bytes, or GUANXI_NTS */
  const char *actions;    /* of create, edit, delete, restore and purge */
  size_t actions_length;  /* bytes, or GUANXI_NTS */
  /* where a new cursor begins: after this sequence; 0: with the first change ever */
  int64_t start_after;
} guanxi_feed_options;

/* Opens the feed of changes at a cursor of the acting user's, which is stored if it is new
   (docs/changes.md). `options` may be NULL. Owned. Errors: GUANXI_UNKNOWN_NAME,
   GUANXI_INVALID_ARGUMENT, GUANXI_PRUNED. */
GUANXI_API int32_t guanxi_events_open(guanxi_session *session, const char *cursor,
                                      size_t cursor_length, const guanxi_feed_options *options,
                                      guanxi_events **events, guanxi_error **err);

/* Releases a feed; its cursor stays in the store. */
GUANXI_API void guanxi_events_release(guanxi_events *events);

/* One change; its texts are borrowed until the next call on the feed. */
typedef struct guanxi_event_info {
  uint32_t struct_size; /* sizeof(guanxi_event_info) */
  int64_t sequence;     /* its number in the store's change log */
  int64_t batch;        /* the sequence of the first change of the same commit */
  int64_t record;       /* id of the record */
  int64_t at;           /* when, in microseconds since 1970-01-01T00:00:00Z */
  int64_t user;         /* whose id; 0: system sight */
  const char *entity;   /* of the record */
  size_t entity_length; /* its bytes */
  const char *action;   /* create, edit, delete, restore or purge */
  size_t action_length; /* its bytes */
  const char *cause;    /* why, such as "api" or "import" */
  size_t cause_length;  /* its bytes */
  int32_t field_count;  /* fields that it tells of */
} guanxi_event_info;

/* Goes to the next change, which guanxi_events_info then tells of: 1 in `there`; 0 if there is none
   now. Another process may commit one at any time: ask again. Errors: GUANXI_PRUNED if changes that
   it has not given are gone, GUANXI_INTERRUPTED. */
GUANXI_API int32_t guanxi_events_next(guanxi_events *events, int32_t *there, guanxi_error **err);

/* The change that guanxi_events_next gave last, or that guanxi_events_each tells of. Errors:
   GUANXI_INVALID_ARGUMENT if there is none. */
GUANXI_API int32_t guanxi_events_info(const guanxi_events *events, guanxi_event_info *info,
                                      guanxi_error **err);

/* A field of the change that guanxi_events_info tells of, from 0: its name, borrowed, and its value
   before and after; each of the three may be NULL if it is not wanted. Errors:
   GUANXI_INVALID_ARGUMENT out of range. */
GUANXI_API int32_t guanxi_events_field(const guanxi_events *events, int32_t field,
                                       const char **name, guanxi_value *before, guanxi_value *after,
                                       guanxi_error **err);

/* Calls back for each change, the oldest first, at most so many (1 to 100,000), and acknowledges
   those for which the callback gave 0; how many, in `told`. While it runs the session refuses to
   write (GUANXI_MISUSE). The callback must not release the feed. Errors: GUANXI_PRUNED,
   GUANXI_INTERRUPTED; GUANXI_CONFLICT if somebody else has moved the cursor. */
GUANXI_API int32_t guanxi_events_each(guanxi_events *events, int64_t at_most,
                                      guanxi_event_callback event, void *user, int64_t *told,
                                      guanxi_error **err);

/* Everything that the feed has given is done with. In the session's open transaction it is stored
   with what else that writes; if that is undone, the changes come again. Errors: GUANXI_CONFLICT if
   the cursor stands elsewhere, for somebody else has moved it, or a transaction was undone; the
   feed then goes on from where it stands. */
GUANXI_API int32_t guanxi_events_acknowledge(guanxi_events *events, guanxi_error **err);

/* Goes back to what is acknowledged; guanxi_events_next gives it again. */
GUANXI_API int32_t guanxi_events_rewind(guanxi_events *events, guanxi_error **err);

/* The sequence of the last committed change; 0 if there is none. */
GUANXI_API int32_t guanxi_last_change(guanxi_session *session, int64_t *sequence,
                                      guanxi_error **err);

/* The cursors of the acting user; of everybody, for those who administer permissions. Owned. */
GUANXI_API int32_t guanxi_cursors_read(guanxi_session *session, guanxi_cursors **cursors,
                                       guanxi_error **err);

/* Releases a list of cursors. */
GUANXI_API void guanxi_cursors_release(guanxi_cursors *cursors);

/* Number of cursors; 0 for NULL. */
GUANXI_API int32_t guanxi_cursors_count(const guanxi_cursors *cursors);

/* A reader of the change feed; its name is borrowed from the list. */
typedef struct guanxi_cursor_info {
  uint32_t struct_size; /* sizeof(guanxi_cursor_info) */
  const char *name;     /* within its user */
  size_t name_length;   /* its bytes */
  int64_t user;         /* whose; 0: system sight's */
  int64_t acknowledged; /* the last sequence that is done with */
  int64_t moved_at;     /* when, in microseconds since 1970-01-01T00:00:00Z */
} guanxi_cursor_info;

/* A cursor, from 0. Errors: GUANXI_INVALID_ARGUMENT out of range. */
GUANXI_API int32_t guanxi_cursors_at(const guanxi_cursors *cursors, int32_t cursor,
                                     guanxi_cursor_info *info, guanxi_error **err);

/* Moves a cursor to a sequence. `user` says whose it is: an id, 0 for system sight's, -1 for the
   acting user's; those of others are for who administers permissions. Errors: GUANXI_UNKNOWN_NAME,
   GUANXI_INVALID_ARGUMENT, GUANXI_PRUNED, GUANXI_PERMISSION. */
GUANXI_API int32_t guanxi_cursor_move(guanxi_session *session, const char *cursor,
                                      size_t cursor_length, int64_t user, int64_t sequence,
                                      guanxi_error **err);

/* Forgets a cursor; `user` as for guanxi_cursor_move. Errors: GUANXI_UNKNOWN_NAME,
   GUANXI_PERMISSION. */
GUANXI_API int32_t guanxi_cursor_drop(guanxi_session *session, const char *cursor,
                                      size_t cursor_length, int64_t user, guanxi_error **err);

/* Erases entries of the change log from before an instant, in microseconds since
   1970-01-01T00:00:00Z, some thousand at a time. What cursors have not acknowledged is kept unless
   `unread` is not 0. `progress` may be NULL. Gives up to which sequence all is gone. Errors:
   GUANXI_PERMISSION, GUANXI_MISUSE inside a transaction, GUANXI_INTERRUPTED. */
GUANXI_API int32_t guanxi_prune_changes(guanxi_session *session, int64_t older_than, int32_t unread,
                                        guanxi_progress_callback progress, void *user,
                                        int64_t *pruned_up_to, guanxi_error **err);

/* ---- schema -------------------------------------------------------------------------------- */

/* Adds an entity from its definition in JSON (docs/c.md). Not inside a transaction (GUANXI_MISUSE).
   Errors: GUANXI_PERMISSION for those who do not administer permissions, GUANXI_PARSE,
   GUANXI_INVALID_ARGUMENT, GUANXI_UNKNOWN_NAME for a key. */
GUANXI_API int32_t guanxi_define_entity(guanxi_session *session, const char *json,
                                        size_t json_length, guanxi_error **err);

/* Adds a field to an entity from its definition in JSON; errors as for entities. */
GUANXI_API int32_t guanxi_define_field(guanxi_session *session, const char *entity,
                                       size_t entity_length, const char *json, size_t json_length,
                                       guanxi_error **err);

/* What requests (JSON, docs/migrations.md) would do to the schema: tried and taken back. `steps` is
   JSON, [{"kind": …, "entity": …, "field": …, "words": …, "records": …}, …], owned. Errors are
   those of guanxi_change_schema. */
GUANXI_API int32_t guanxi_preview_schema(guanxi_session *session, const char *requests,
                                         size_t requests_length, guanxi_buffer **steps,
                                         guanxi_error **err);

/* Defines, renames and drops as requests say, all or nothing; `steps` is what was done, as of
   guanxi_preview_schema. Not inside a transaction or a reading (GUANXI_MISUSE). Errors:
   GUANXI_PERMISSION for those who do not administer permissions; GUANXI_PARSE,
   GUANXI_INVALID_ARGUMENT, GUANXI_UNKNOWN_NAME, GUANXI_DUPLICATE for what is asked;
   GUANXI_VALIDATION, GUANXI_DUPLICATE, GUANXI_OVERFLOW for records that do not fit it;
   GUANXI_UNSUPPORTED for a store that only adds. */
GUANXI_API int32_t guanxi_change_schema(guanxi_session *session, const char *requests,
                                        size_t requests_length, guanxi_buffer **steps,
                                        guanxi_error **err);

/* The catalog as it is now: the entities and fields that the session's user may see. Owned; what is
   defined later appears in a later one. Entities and fields are numbered from 0 in this catalog. */
GUANXI_API int32_t guanxi_catalog_read(guanxi_session *session, guanxi_catalog **catalog,
                                       guanxi_error **err);

/* Releases a catalog. */
GUANXI_API void guanxi_catalog_release(guanxi_catalog *catalog);

/* Number of entities. */
GUANXI_API int32_t guanxi_catalog_entity_count(const guanxi_catalog *catalog);

/* The number of an entity by name. Errors: GUANXI_UNKNOWN_NAME. */
GUANXI_API int32_t guanxi_catalog_entity(const guanxi_catalog *catalog, const char *name,
                                         size_t name_length, int32_t *entity, guanxi_error **err);

/* An entity; its texts are borrowed from the catalog. */
typedef struct guanxi_entity_info {
  uint32_t struct_size;    /* sizeof(guanxi_entity_info) */
  const char *name;        /* as queries and drafts name it */
  size_t name_length;      /* its bytes */
  const char *label_en;    /* what people call one such record */
  size_t label_en_length;  /* its bytes */
  const char *label_zh;    /* the same in Chinese */
  size_t label_zh_length;  /* its bytes */
  const char *plural_en;   /* what people call several */
  size_t plural_en_length; /* its bytes */
  const char *plural_zh;   /* the same in Chinese */
  size_t plural_zh_length; /* its bytes */
  int32_t is_custom;       /* 1 if it was defined at run time */
  int32_t field_count;     /* its fields, those that every record has first */
} guanxi_entity_info;

/* What an entity is. Errors: GUANXI_INVALID_ARGUMENT out of range. */
GUANXI_API int32_t guanxi_catalog_entity_info(const guanxi_catalog *catalog, int32_t entity,
                                              guanxi_entity_info *info, guanxi_error **err);

/* The number of a field of an entity by name. Errors: GUANXI_UNKNOWN_NAME, GUANXI_INVALID_ARGUMENT
   out of range. */
GUANXI_API int32_t guanxi_catalog_field(const guanxi_catalog *catalog, int32_t entity,
                                        const char *name, size_t name_length, int32_t *field,
                                        guanxi_error **err);

/* A field of an entity; its texts are borrowed from the catalog. */
typedef struct guanxi_field_info {
  uint32_t struct_size;   /* sizeof(guanxi_field_info) */
  const char *name;       /* as queries and drafts name it */
  size_t name_length;     /* its bytes */
  const char *label_en;   /* what people call it */
  size_t label_en_length; /* its bytes */
  const char *label_zh;   /* the same in Chinese */
  size_t label_zh_length; /* its bytes */
  int32_t kind;           /* GUANXI_KIND_… */
  uint32_t flags;         /* GUANXI_FIELD_… bits */
  int32_t scale;          /* digits after the point of a decimal or money field; else 0 */
  int32_t slot;           /* its place in records and drafts */
  int32_t is_system;      /* 1 if every record of every entity has it */
  int32_t is_custom;      /* 1 if it was defined at run time */
  const char *target;     /* the entity whose ids a reference holds; "" for other kinds */
  size_t target_length;   /* its bytes */
  const char *initial;    /* the expression that gives its default; "" for none */
  size_t initial_length;  /* its bytes */
  int32_t choice_count;   /* choices that it offers */
  int32_t on_delete;      /* GUANXI_ON_DELETE_… */
} guanxi_field_info;

/* What a field is. Errors: GUANXI_INVALID_ARGUMENT out of range. */
GUANXI_API int32_t guanxi_catalog_field_info(const guanxi_catalog *catalog, int32_t entity,
                                             int32_t field, guanxi_field_info *info,
                                             guanxi_error **err);

/* A choice of a field; its texts are borrowed from the catalog. */
typedef struct guanxi_choice_info {
  uint32_t struct_size;   /* sizeof(guanxi_choice_info) */
  const char *code;       /* what a record holds */
  size_t code_length;     /* its bytes */
  const char *label_en;   /* what people call it */
  size_t label_en_length; /* its bytes */
  const char *label_zh;   /* the same in Chinese */
  size_t label_zh_length; /* its bytes */
} guanxi_choice_info;

/* A choice of a field, from 0. Errors: GUANXI_INVALID_ARGUMENT out of range. */
GUANXI_API int32_t guanxi_catalog_choice_info(const guanxi_catalog *catalog, int32_t entity,
                                              int32_t field, int32_t choice,
                                              guanxi_choice_info *info, guanxi_error **err);

/* ---- a host's own store -------------------------------------------------------------------- */

/* A host may keep the records itself: it fills a guanxi_store with functions over rows, which are
   values by slot with the id in slot 0; docs/own_store.md shows one. The library makes one call at
   a time and believes nothing: what is wrong with an answer is GUANXI_STORE_CORRUPT or
   GUANXI_STORE_IO and says so. A function returns GUANXI_OK or a code of the store or run groups,
   GUANXI_CONFLICT or GUANXI_DUPLICATE. It must not call the library on the tenant that it serves
   (GUANXI_MISUSE), nor release its handles, but for the functions below on the `table` and `answer`
   that it was given, and these only until it returns. */

/* Functions of a store, each handed `self`. What is optional may be NULL: without begin, commit and
   rollback each write stands at once and many-record writes are not atomic; without the savepoint
   functions the library undoes by writing back; without migrate it rewrites the rows that gain a
   field; without write_batch it puts row by row; without plan and execute it finds rows by reading
   all of a table. */
typedef struct guanxi_store {
  uint32_t struct_size;                          /* sizeof(guanxi_store) */
  /* what guanxi_tenant_store_name says and errors call it */
  const char *name;
  size_t name_length;                            /* bytes, or GUANXI_NTS */
  guanxi_store_get_callback get;                 /* required */
  guanxi_store_put_callback put;                 /* required */
  guanxi_store_erase_callback erase;             /* required */
  guanxi_store_scan_callback scan;               /* required */
  /* gives up `self` once nothing needs it; may be NULL */
  guanxi_release_callback release;
  guanxi_store_migrate_callback migrate;         /* optional */
  guanxi_store_step_callback begin;              /* optional, with the next two */
  guanxi_store_step_callback commit;             /* makes what was written since begin permanent */
  guanxi_store_step_callback rollback;           /* takes back what was written since begin */
  guanxi_store_savepoint_callback savepoint;     /* optional, with the next two */
  /* what was written since becomes part of what is around it */
  guanxi_store_savepoint_callback keep;
  /* takes back what was written since; the savepoint stays open, those above it are gone */
  guanxi_store_savepoint_callback undo;
  guanxi_store_write_batch_callback write_batch; /* optional */
  guanxi_store_plan_callback plan;               /* optional, with the next one */
  guanxi_store_execute_callback execute;         /* gives the rows that a request asks for */
} guanxi_store;

/* Opens a CRM on the host's own store, and makes it in an empty one. The struct is copied; `self`
   is handed to its functions until its release is called with the last of the tenant and its
   sessions; if this call fails, it is not called. Of `options`, base_currency, busy_timeout_ms and
   read_only count. Errors: GUANXI_INVALID_ARGUMENT for a required function that is NULL, begin or
   savepoint without the two beside it, or plan without execute; those that the store gives. */
GUANXI_API int32_t guanxi_open_store(const guanxi_environment *environment,
                                     const guanxi_store *store, void *self,
                                     const guanxi_open_options *options, guanxi_tenant **tenant,
                                     guanxi_error **err);

/* How to check a store. */
typedef struct guanxi_store_check_options {
  uint32_t struct_size;            /* sizeof(guanxi_store_check_options) */
  uint64_t seed;                   /* of the sequences by chance; 0: 1 */
  uint64_t operations;             /* calls by chance; 0: 5,000 */
  /* makes the stores to check; each is given up by release. May be NULL */
  guanxi_store_make_callback make;
  void *make_user;                 /* what `make` is handed */
} guanxi_store_check_options;

/* Something that a store does wrong; its texts are borrowed from the faults. */
typedef struct guanxi_store_fault {
  uint32_t struct_size;   /* sizeof(guanxi_store_fault) */
  const char *function;   /* the function to look at, such as "rollback" */
  size_t function_length; /* its bytes */
  const char *text;       /* what came back, what should have, and where to look */
  size_t text_length;     /* its bytes */
  const char *steps;      /* the shortest way there that was found, a call a line */
  size_t steps_length;    /* its bytes */
  const char *found_by;   /* the case that found it, or "chance" */
  size_t found_by_length; /* its bytes */
  uint64_t seed;          /* of what was found by chance; else 0 */
} guanxi_store_fault;

/* Checks a store: cases by name and sequences by chance, each on the store and on the library's
   memory store at once. What is wrong is no error of the call. Without options->make, all is done
   in the one store `self`, which must be empty, is filled with tables of ever new names, and is not
   released. Owned. Errors: GUANXI_INVALID_ARGUMENT for what is no store, GUANXI_INTERRUPTED, those
   of `make`. */
GUANXI_API int32_t guanxi_store_check(const guanxi_store *store, void *self,
                                      const guanxi_store_check_options *options,
                                      guanxi_progress_callback progress, void *user,
                                      guanxi_store_faults **faults, guanxi_error **err);

/* Releases what a check has found. */
GUANXI_API void guanxi_store_faults_release(guanxi_store_faults *store_faults);

/* How many there are; 0 is a store with no fault that the kit knows, and NULL. */
GUANXI_API int32_t guanxi_store_faults_count(const guanxi_store_faults *faults);

/* One of them, from 0. Errors: GUANXI_INVALID_ARGUMENT out of range. */
GUANXI_API int32_t guanxi_store_faults_get(const guanxi_store_faults *faults, int32_t index,
                                           guanxi_store_fault *fault, guanxi_error **err);

/* What was not checked because the store does not offer it, a line each; "" for NULL. Borrowed. */
GUANXI_API const char *guanxi_store_faults_skipped(const guanxi_store_faults *faults,
                                                   size_t *length);

/* The name of the entity whose rows a function is about. Borrowed until it returns. */
GUANXI_API const char *guanxi_table_name(const guanxi_table *table, size_t *length);

/* How many values a row has. */
GUANXI_API int32_t guanxi_table_slots(const guanxi_table *table);

/* The field of a slot, for stores that keep columns. Its texts live until the function returns.
   Errors: GUANXI_INVALID_ARGUMENT out of range. */
GUANXI_API int32_t guanxi_table_field(const guanxi_table *table, int32_t slot,
                                      guanxi_field_info *info, guanxi_error **err);

/* A condition on one field. A null passes GUANXI_COMPARE_IS_NULL alone. */
typedef struct guanxi_request_term {
  uint32_t struct_size;   /* sizeof(guanxi_request_term) */
  int32_t slot;           /* of the field */
  /* GUANXI_COMPARE_…; texts compare by their bytes, false is before true. The constant of
     GUANXI_COMPARE_STARTS_WITH is folded, too */
  int32_t comparison;
  int32_t constant_count; /* 0 for the two of nulls, else 1; of GUANXI_COMPARE_IN any number */
} guanxi_request_term;

/* A key of an order. */
typedef struct guanxi_request_sort {
  uint32_t struct_size;  /* sizeof(guanxi_request_sort) */
  int32_t slot;          /* of the field */
  int32_t is_descending; /* 1 if the greatest comes first */
  int32_t nulls_first;   /* 1 if rows without a value come before the others */
} guanxi_request_sort;

/* How many terms a row must pass, each of them. */
GUANXI_API int32_t guanxi_request_term_count(const guanxi_request *request);

/* A term, from 0. Errors: GUANXI_INVALID_ARGUMENT out of range. */
GUANXI_API int32_t guanxi_request_term_info(const guanxi_request *request, int32_t term,
                                            guanxi_request_term *info, guanxi_error **err);

/* A constant of a term, from 0: of the type of the term's field, a decimal of its scale. Its text
   lives until the function returns. Errors: GUANXI_INVALID_ARGUMENT out of range. */
GUANXI_API int32_t guanxi_request_constant(const guanxi_request *request, int32_t term,
                                           int32_t constant, guanxi_value *value,
                                           guanxi_error **err);

/* How many keys the order has. Rows that are equal in all of them come by rising id; without keys
   all do. */
GUANXI_API int32_t guanxi_request_sort_count(const guanxi_request *request);

/* A key of the order, from 0. Errors: GUANXI_INVALID_ARGUMENT out of range. */
GUANXI_API int32_t guanxi_request_sort_info(const guanxi_request *request, int32_t key,
                                            guanxi_request_sort *info, guanxi_error **err);

/* How many rows are wanted, of those that pass; 0, to plan alone: all. */
GUANXI_API uint64_t guanxi_request_limit(const guanxi_request *request);

/* To execute without keys of an order, the rows with an id above this one are wanted. */
GUANXI_API int64_t guanxi_request_after(const guanxi_request *request);

/* 1 if the value in a slot is looked at; in others a null does as well. Slots 0 and 1 always
   are. */
GUANXI_API int32_t guanxi_request_wants(const guanxi_request *request, int32_t slot);

/* What the store would do about a term, from 0 (GUANXI_VERDICT_…). Errors: GUANXI_INVALID_ARGUMENT
   for no such term or verdict; GUANXI_MISUSE outside of plan. */
GUANXI_API int32_t guanxi_answer_verdict(guanxi_answer *answer, int32_t term, int32_t verdict,
                                         guanxi_error **err);

/* That the store would give rows in the order of the request. It is asked for an order and a limit
   only where it calls all terms exact. Errors: GUANXI_MISUSE outside of plan. */
GUANXI_API int32_t guanxi_answer_sorts(guanxi_answer *answer, guanxi_error **err);

/* Gives one row: a value for each slot, their texts copied. `more` (may be NULL) is 0 once no
   further row is wanted. Errors: GUANXI_STORE_CORRUPT for what cannot be a row of the table, and
   the call that asked fails with it; GUANXI_MISUSE outside of a function that gives rows. */
GUANXI_API int32_t guanxi_answer_row(guanxi_answer *answer, const guanxi_value *row, size_t count,
                                     int32_t *more, guanxi_error **err);

/* Words and a code of the store's own for the error that the function is about to return. Errors:
   GUANXI_MISUSE outside of a function. */
GUANXI_API int32_t guanxi_answer_explain(guanxi_answer *answer, const char *message,
                                         size_t message_length, int32_t store_code,
                                         guanxi_error **err);

/* ---- modules ------------------------------------------------------------------------------- */

/* A module adds entities, effects, actions and timers to the stores that are opened with it
   (docs/actions.md). Its callbacks get `self` and a lent handle, which is good until they return
   and GUANXI_MISUSE afterwards. They read through it and say what is to be written; they must not
   call the library on the tenant that is calling them (GUANXI_MISUSE). They return GUANXI_OK or a
   code, explained with guanxi_call_explain or guanxi_reaction_explain; then nothing is written.
   They must not leave by longjmp. One may be called by several threads at once. */

/* A module with nothing in it; its name is for people. */
GUANXI_API int32_t guanxi_module_create(const char *name, size_t name_length,
                                        guanxi_module **module, guanxi_error **err);

/* Releases a module. What was opened with it keeps its callbacks alive. */
GUANXI_API void guanxi_module_release(guanxi_module *module);

/* Adds an entity, told as for guanxi_define_entity: stores that do not have it get it when they are
   opened. Errors: GUANXI_PARSE, GUANXI_UNKNOWN_NAME, GUANXI_INVALID_ARGUMENT. */
GUANXI_API int32_t guanxi_module_add_entity(guanxi_module *module, const char *json,
                                            size_t json_length, guanxi_error **err);

/* An action of a module. */
typedef struct guanxi_module_action {
  uint32_t struct_size;            /* sizeof(guanxi_module_action) */
  const char *name;                /* "entity.verb" */
  size_t name_length;              /* bytes, or GUANXI_NTS */
  /* what it is about; who may not read it does not know the action */
  const char *entity;
  size_t entity_length;            /* bytes, or GUANXI_NTS */
  const char *label_en;            /* may be NULL */
  size_t label_en_length;          /* bytes, or GUANXI_NTS */
  const char *label_zh;            /* may be NULL */
  size_t label_zh_length;          /* bytes, or GUANXI_NTS */
  /* GUANXI_ACTION_READ, _CREATE, _EDIT or _DELETE, the right without which it is refused */
  int32_t needs;
  /* non-zero: it runs beside writers, and a step is GUANXI_MISUSE */
  int32_t only_reads;
  /* a JSON array of fields, told as for guanxi_define_field; NULL means none */
  const char *parameters;
  size_t parameters_length;        /* bytes, or GUANXI_NTS */
  /* the columns of its answer, told the same way; NULL means none */
  const char *results;
  size_t results_length;           /* bytes, or GUANXI_NTS */
  guanxi_action_run_callback run;  /* required */
  guanxi_release_callback release; /* gives up `self` once nothing needs it; may be NULL */
} guanxi_module_action;

/* Adds an action. `self` is handed to `run` until the action's release is called with the last of
   the module and what was opened with it; if this call fails, it is not called. Errors:
   GUANXI_PARSE, GUANXI_UNKNOWN_NAME, GUANXI_INVALID_ARGUMENT. */
GUANXI_API int32_t guanxi_module_add_action(guanxi_module *module,
                                            const guanxi_module_action *action, void *self,
                                            guanxi_error **err);

/* A timer of a module. */
typedef struct guanxi_module_timer {
  uint32_t struct_size;            /* sizeof(guanxi_module_timer) */
  const char *name;                /* "entity.what"; also the cause of its changes */
  size_t name_length;              /* bytes, or GUANXI_NTS */
  const char *entity;              /* whose records wait */
  size_t entity_length;            /* bytes, or GUANXI_NTS */
  const char *due;                 /* a field of kind instant */
  size_t due_length;               /* bytes, or GUANXI_NTS */
  /* which records wait, as in a query; NULL means all that have a time */
  const char *where;
  size_t where_length;             /* bytes, or GUANXI_NTS */
  /* required; runs on system sight, and must leave the record no longer due */
  guanxi_action_run_callback run;
  guanxi_release_callback release; /* gives up `self` once nothing needs it; may be NULL */
} guanxi_module_timer;

/* Adds a timer; `self` as for guanxi_module_add_action. Errors: GUANXI_INVALID_ARGUMENT. */
GUANXI_API int32_t guanxi_module_add_timer(guanxi_module *module, const guanxi_module_timer *timer,
                                           void *self, guanxi_error **err);

/* An effect of a module; its lists are JSON arrays of texts, and NULL is an empty one. */
typedef struct guanxi_module_effect {
  uint32_t struct_size;            /* sizeof(guanxi_module_effect) */
  const char *name;                /* what errors and `after` call it */
  size_t name_length;              /* bytes, or GUANXI_NTS */
  const char *entity;              /* whose changes it follows */
  size_t entity_length;            /* bytes, or GUANXI_NTS */
  int32_t triggers;                /* bits of GUANXI_TRIGGER_…; 0: created and updated */
  int32_t write_class;             /* GUANXI_WRITE_CLASS_…; 0: rule */
  const char *fields;              /* of an update: only if one of these changed */
  size_t fields_length;            /* bytes, or GUANXI_NTS */
  const char *paths;               /* what it reads through references of the changed record */
  size_t paths_length;             /* bytes, or GUANXI_NTS */
  /* what else it reads, on system sight; :id and :field are the record's, :before.field what they
     were */
  const char *queries;
  size_t queries_length;           /* bytes, or GUANXI_NTS */
  const char *writes;              /* own fields, and "entity.field" or "entity.*" of others */
  size_t writes_length;            /* bytes, or GUANXI_NTS */
  const char *after;               /* names of effects that run before this one */
  size_t after_length;             /* bytes, or GUANXI_NTS */
  guanxi_effect_run_callback run;  /* required */
  guanxi_release_callback release; /* gives up `self` once nothing needs it; may be NULL */
} guanxi_module_effect;

/* Adds an effect; `self` as for guanxi_module_add_action. Errors: GUANXI_PARSE,
   GUANXI_INVALID_ARGUMENT. */
GUANXI_API int32_t guanxi_module_add_effect(guanxi_module *module,
                                            const guanxi_module_effect *effect, void *self,
                                            guanxi_error **err);

/* Gives what the module holds now to the stores that are opened later; what is added to the module
   afterwards is not in it. Opening fails with GUANXI_INVALID_ARGUMENT, which says what does not
   fit. */
GUANXI_API int32_t guanxi_environment_add_module(guanxi_environment *environment,
                                                 const guanxi_module *module, guanxi_error **err);

/* Who acts; 0 for a timer and for NULL. */
GUANXI_API int64_t guanxi_call_user(const guanxi_call *call);

/* The time of the call, in microseconds since 1970-01-01T00:00:00Z. */
GUANXI_API int64_t guanxi_call_now(const guanxi_call *call);

/* An argument of an action, or its default, or a null. Text is borrowed from the call. Errors:
   GUANXI_MISUSE for a parameter that the action does not have. */
GUANXI_API int32_t guanxi_call_argument(const guanxi_call *call, const char *name,
                                        size_t name_length, guanxi_value *value,
                                        guanxi_error **err);

/* The record whose time has come. Owned. Errors: GUANXI_MISUSE for an action, which has none. */
GUANXI_API int32_t guanxi_call_record(const guanxi_call *call, guanxi_record **record,
                                      guanxi_error **err);

/* Runs a query as the acting user. Owned. Errors: those of guanxi_query; GUANXI_UNSUPPORTED for
   pages and children. */
GUANXI_API int32_t guanxi_call_query(guanxi_call *call, const char *text, size_t text_length,
                                     const guanxi_parameters *parameters, guanxi_result **result,
                                     guanxi_error **err);

/* Runs a query on system sight: what it finds may be acted upon, and must not be told. Owned.
   Errors: those of guanxi_query; GUANXI_UNSUPPORTED for pages and children. */
GUANXI_API int32_t guanxi_call_query_all(guanxi_call *call, const char *text, size_t text_length,
                                         const guanxi_parameters *parameters,
                                         guanxi_result **result, guanxi_error **err);

/* A live record as the acting user sees it. Owned. Errors: GUANXI_NOT_FOUND, GUANXI_UNKNOWN_NAME,
   those of the store. */
GUANXI_API int32_t guanxi_call_get(guanxi_call *call, const char *entity, size_t entity_length,
                                   int64_t id, guanxi_record **record, guanxi_error **err);

/* A live record on system sight. Owned. Errors: GUANXI_NOT_FOUND, GUANXI_UNKNOWN_NAME, those of the
   store. */
GUANXI_API int32_t guanxi_call_get_all(guanxi_call *call, const char *entity, size_t entity_length,
                                       int64_t id, guanxi_record **record, guanxi_error **err);

/* Refuses unless the acting user may do this to a live record; `right` is GUANXI_ACTION_…. Errors:
   GUANXI_PERMISSION, which says why; GUANXI_NOT_FOUND out of reach; GUANXI_UNKNOWN_NAME. */
GUANXI_API int32_t guanxi_call_need(guanxi_call *call, int32_t right, const char *entity,
                                    size_t entity_length, int64_t id, guanxi_error **err);

/* An empty draft for steps of this call, with every field of the entity. Owned. Errors:
   GUANXI_UNKNOWN_NAME. */
GUANXI_API int32_t guanxi_call_draft(guanxi_call *call, const char *entity, size_t entity_length,
                                     guanxi_draft **draft, guanxi_error **err);

/* Wants a record of the draft's entity created, after the steps asked for before; `authority` is
   GUANXI_AUTHORITY_…. `step` (may be NULL) is its number, for guanxi_call_tie and
   guanxi_call_answer_step. The draft may be used again. Errors: GUANXI_MISUSE for a draft that is
   of no call of this store's schema. */
GUANXI_API int32_t guanxi_call_create(guanxi_call *call, const guanxi_draft *draft,
                                      int32_t authority, int32_t *step, guanxi_error **err);

/* Wants a record changed, as guanxi_call_create. Errors: GUANXI_MISUSE for a draft that is of no
   call of this store's schema. */
GUANXI_API int32_t guanxi_call_change(guanxi_call *call, int64_t id, const guanxi_draft *draft,
                                      int32_t authority, int32_t *step, guanxi_error **err);

/* Wants a record deleted, as guanxi_call_create. Errors: GUANXI_UNKNOWN_NAME. */
GUANXI_API int32_t guanxi_call_delete(guanxi_call *call, const char *entity, size_t entity_length,
                                      int64_t id, int32_t authority, guanxi_error **err);

/* Sets a reference of a step to the record of another, which an earlier step creates. Errors:
   GUANXI_UNKNOWN_NAME for the field, GUANXI_TYPE_MISMATCH for one that is no reference,
   GUANXI_INVALID_ARGUMENT for what is no step, or none before it. */
GUANXI_API int32_t guanxi_call_tie(guanxi_call *call, int32_t step, const char *field,
                                   size_t field_length, int32_t to, guanxi_error **err);

/* Adds a row to an action's answer: a value for each of its results, in their order. Errors:
   GUANXI_MISUSE for a timer. */
GUANXI_API int32_t guanxi_call_answer(guanxi_call *call, const guanxi_value *row, size_t count,
                                      guanxi_error **err);

/* Puts the id of a step's record in the place of a value in the last row of the answer. Errors:
   GUANXI_INVALID_ARGUMENT for what is no place in the row, and for what is no step. */
GUANXI_API int32_t guanxi_call_answer_step(guanxi_call *call, int32_t place, int32_t step,
                                           guanxi_error **err);

/* Says what the error is that the callback is about to return; `entity` and `field` are the place
   that it is about. */
GUANXI_API int32_t guanxi_call_explain(guanxi_call *call, const char *message,
                                       size_t message_length, const char *entity,
                                       size_t entity_length, const char *field, size_t field_length,
                                       guanxi_error **err);

/* What happened to the record, GUANXI_TRIGGER_…; 0 for NULL. */
GUANXI_API int32_t guanxi_reaction_trigger(const guanxi_reaction *reaction);

/* The time of the change, in microseconds since 1970-01-01T00:00:00Z. */
GUANXI_API int64_t guanxi_reaction_now(const guanxi_reaction *reaction);

/* What a field of the changed record was; a null for a created record. Text is borrowed from the
   reaction. Errors: GUANXI_UNKNOWN_NAME. */
GUANXI_API int32_t guanxi_reaction_before(const guanxi_reaction *reaction, const char *field,
                                          size_t field_length, guanxi_value *value,
                                          guanxi_error **err);

/* What a field of the changed record is in this round. Text is borrowed from the reaction. Errors:
   GUANXI_UNKNOWN_NAME. */
GUANXI_API int32_t guanxi_reaction_after(const guanxi_reaction *reaction, const char *field,
                                         size_t field_length, guanxi_value *value,
                                         guanxi_error **err);

/* What a path of the effect has read, by its place from 0. Text is borrowed. Errors:
   GUANXI_INVALID_ARGUMENT out of range. */
GUANXI_API int32_t guanxi_reaction_path(const guanxi_reaction *reaction, int32_t path,
                                        guanxi_value *value, guanxi_error **err);

/* What a query of the effect has read, by its place from 0. Owned. Errors: GUANXI_INVALID_ARGUMENT
   out of range. */
GUANXI_API int32_t guanxi_reaction_query(const guanxi_reaction *reaction, int32_t query,
                                         guanxi_result **result, guanxi_error **err);

/* Sets a field of the changed record itself, which the effect says that it writes. Errors:
   GUANXI_UNKNOWN_NAME, GUANXI_TYPE_MISMATCH, GUANXI_VALIDATION, GUANXI_OVERFLOW. */
GUANXI_API int32_t guanxi_reaction_set(guanxi_reaction *reaction, const char *field,
                                       size_t field_length, const guanxi_value *value,
                                       guanxi_error **err);

/* An empty draft for a record that the effect creates or changes. Owned. Errors:
   GUANXI_UNKNOWN_NAME. */
GUANXI_API int32_t guanxi_reaction_draft(const guanxi_reaction *reaction, const char *entity,
                                         size_t entity_length, guanxi_draft **draft,
                                         guanxi_error **err);

/* Creates a record of an entity that the effect says that it writes. Errors: GUANXI_MISUSE for a
   draft that is of no callback of this store's schema. */
GUANXI_API int32_t guanxi_reaction_create(guanxi_reaction *reaction, const guanxi_draft *draft,
                                          guanxi_error **err);

/* Changes a record of an entity that the effect says that it writes. Errors: GUANXI_MISUSE for a
   draft that is of no callback of this store's schema. */
GUANXI_API int32_t guanxi_reaction_change(guanxi_reaction *reaction, int64_t id,
                                          const guanxi_draft *draft, guanxi_error **err);

/* As guanxi_call_explain; the code that the callback returns then refuses the whole write. */
GUANXI_API int32_t guanxi_reaction_explain(guanxi_reaction *reaction, const char *message,
                                           size_t message_length, const char *entity,
                                           size_t entity_length, const char *field,
                                           size_t field_length, guanxi_error **err);

/* ---- long calls ---------------------------------------------------------------------------- */

/* `progress` may be NULL; `user` is handed to it and is not kept after the call. */

/* Imports the CSV files in `directory` as the mapping (JSON, docs/import.md) says, as the acting
   user: all rows or, after an error, none. `report` (may be NULL) gets what became of the rows, as
   JSON; owned. Errors: GUANXI_FILE_MISSING, GUANXI_MISUSE inside a transaction, GUANXI_INTERRUPTED
   if cancelled, those of the mapping, and those of rows with guanxi_error_line and up to 20 more in
   guanxi_error_other. */
GUANXI_API int32_t guanxi_import(guanxi_session *session, const char *mapping,
                                 size_t mapping_length, const char *directory,
                                 size_t directory_length, guanxi_progress_callback progress,
                                 void *user, guanxi_buffer **report, guanxi_error **err);

/* Runs a report definition (JSON, docs/c.md), trimmed to what the user may see; `parameters` may be
   NULL. `report` is JSON, owned. Errors: GUANXI_PARSE, those of guanxi_query. */
GUANXI_API int32_t guanxi_report(guanxi_session *session, const char *definition,
                                 size_t definition_length, const guanxi_parameters *parameters,
                                 guanxi_buffer **report, guanxi_error **err);

/* How a report is written for people. */
typedef struct guanxi_report_options {
  uint32_t struct_size;        /* sizeof(guanxi_report_options) */
  int32_t language;            /* GUANXI_LANGUAGE_… */
  int32_t width;               /* text: columns of the terminal, 40 to 1,000; 0: 80 */
  int32_t ascii;               /* text: non-zero: lines and bars of ASCII signs */
  int32_t colour;              /* text: non-zero: with ANSI sequences */
  int32_t theme;               /* page: GUANXI_THEME_… */
  const char *title;           /* page: NULL: the definition's */
  size_t title_length;         /* bytes, or GUANXI_NTS */
  /* page: text of echarts.min.js, for its charts; NULL: tables alone */
  const char *chart_library;
  size_t chart_library_length; /* bytes, or GUANXI_NTS */
} guanxi_report_options;

#ifdef GUANXI_UNSTABLE
/* Runs a report as aligned tables for a terminal, with a bar beside each row of a section that has
   a chart. `parameters` and `options` may be NULL. Owned. Errors: those of guanxi_report,
   GUANXI_INVALID_ARGUMENT for options out of range. */
GUANXI_API int32_t guanxi_report_text(guanxi_session *session, const char *definition,
                                      size_t definition_length, const guanxi_parameters *parameters,
                                      const guanxi_report_options *options, guanxi_buffer **text,
                                      guanxi_error **err);
#endif

#ifdef GUANXI_UNSTABLE
/* Runs a report as one HTML page, complete in itself. `parameters` and `options` may be NULL.
   Owned. Errors: those of guanxi_report, GUANXI_INVALID_ARGUMENT for options out of range. */
GUANXI_API int32_t guanxi_report_page(guanxi_session *session, const char *definition,
                                      size_t definition_length, const guanxi_parameters *parameters,
                                      const guanxi_report_options *options, guanxi_buffer **page,
                                      guanxi_error **err);
#endif

/* What sample company to make. */
typedef struct guanxi_sample_options {
  uint32_t struct_size;     /* sizeof(guanxi_sample_options) */
  uint64_t seed;            /* the same seed gives the same company; 0: 1 */
  int64_t opportunities;    /* how many deals, to 10,000,000; the rest grows with it; 0: 2000 */
  const char *currency;     /* of every amount; NULL: the base currency */
  size_t currency_length;   /* bytes, or GUANXI_NTS */
  int32_t mixed_currencies; /* non-zero: Chinese customers pay CNY, others USD */
  /* about so many records in all, in place of opportunities: 1,000 to 10,000,000 */
  int64_t records;
  int64_t users;            /* how many, 100 to 100,000; 0: as the business needs */
  int64_t roles;            /* with users: at most half as many; 0: a tenth */
  int64_t role_levels;      /* with users: of the tallest branches, 3 to 20; 0: 5 */
} guanxi_sample_options;

/* Fills the store with a made-up company whose three years end today, by the clock: all of it or,
   after an error, nothing. `options` may be NULL; `summary` too, else it gets what was made, as
   JSON; owned. Errors: GUANXI_INVALID_ARGUMENT, GUANXI_INTERRUPTED if cancelled, GUANXI_DUPLICATE
   for a store that has it already, GUANXI_MISUSE inside a transaction, those of guanxi_create. */
GUANXI_API int32_t guanxi_generate_sample(guanxi_session *session,
                                          const guanxi_sample_options *options,
                                          guanxi_progress_callback progress, void *user,
                                          guanxi_buffer **summary, guanxi_error **err);

/* ---- keeping ------------------------------------------------------------------------------- */

/* What keeps a store safe: docs/keeping.md. `progress` may be NULL; `user` is handed to it and is
   not kept after the call. */

/* Checks every record, the indices and the change log, while others read and write. `findings` (may
   be NULL) gets how many faults there are, `report` (may be NULL) which, as JSON; owned. At most
   `max_findings` are told; 0: 1000. Errors: GUANXI_INTERRUPTED if cancelled,
   GUANXI_INVALID_ARGUMENT for more than 1,000,000 findings, those of a store that cannot be read at
   all. A fault that is found is no error. */
GUANXI_API int32_t guanxi_tenant_verify(const guanxi_tenant *tenant, uint64_t max_findings,
                                        guanxi_progress_callback progress, void *user,
                                        int64_t *findings, guanxi_buffer **report,
                                        guanxi_error **err);

/* Copies what is committed at one moment to a file, while others write on: written beside `path`,
   verified, then put in its place, or in that of an older copy, at once. `sequence` (may be NULL)
   gets the number of the last change in it; `report` (may be NULL) is JSON; owned. Errors:
   GUANXI_DUPLICATE if another file is there, GUANXI_STORE_CORRUPT for a store that does not pass,
   GUANXI_UNSUPPORTED, GUANXI_INTERRUPTED if cancelled, GUANXI_BUSY, GUANXI_STORE_IO,
   GUANXI_STORE_FULL; an older copy is as it was then. */
GUANXI_API int32_t guanxi_tenant_backup(const guanxi_tenant *tenant, const char *path,
                                        size_t path_length, guanxi_progress_callback progress,
                                        void *user, int64_t *sequence, guanxi_buffer **report,
                                        guanxi_error **err);

/* Verifies a backup, then puts a copy of it at `path`: all of it or, after an error, nothing. A
   store that is there is replaced if `overwrite` is not 0; who has it open goes on with the new
   content. `report` (may be NULL) is JSON; owned. Errors: GUANXI_FILE_MISSING,
   GUANXI_NOT_A_DATABASE, GUANXI_STORE_CORRUPT for a backup that does not pass, GUANXI_DUPLICATE,
   GUANXI_INTERRUPTED if cancelled, GUANXI_BUSY, GUANXI_STORE_IO, GUANXI_STORE_FULL. */
GUANXI_API int32_t guanxi_restore_backup(const char *backup, size_t backup_length, const char *path,
                                         size_t path_length, int32_t overwrite,
                                         guanxi_progress_callback progress, void *user,
                                         guanxi_buffer **report, guanxi_error **err);

/* Reads what can be read of a damaged SQLite store into a new one at `into`; the damaged file is
   only read. `report` (may be NULL) gets what was kept, is doubtful and is lost, as JSON; owned. At
   most `max_findings` records are named; 0: 1000. Errors: GUANXI_FILE_MISSING,
   GUANXI_NOT_A_DATABASE if nothing of a store is in it, GUANXI_DUPLICATE if something is at `into`,
   GUANXI_UNSUPPORTED for a memory store's snapshot, GUANXI_INTERRUPTED if cancelled,
   GUANXI_STORE_IO, GUANXI_STORE_FULL. */
GUANXI_API int32_t guanxi_salvage(const char *path, size_t path_length, const char *into,
                                  size_t into_length, uint64_t max_findings,
                                  guanxi_progress_callback progress, void *user,
                                  guanxi_buffer **report, guanxi_error **err);

#ifdef __cplusplus
}
#endif

/* ---- the Arrow C interfaces, as their specification gives them ----------------------------- */

#ifdef __cplusplus
extern "C" {
#endif

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
  const char *format;
  const char *name;
  const char *metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema **children;
  struct ArrowSchema *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void **buffers;
  struct ArrowArray **children;
  struct ArrowArray *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};

#endif /* ARROW_C_DATA_INTERFACE */

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
  int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
  const char *(*get_last_error)(struct ArrowArrayStream *);
  void (*release)(struct ArrowArrayStream *);
  void *private_data;
};

#endif /* ARROW_C_STREAM_INTERFACE */

#ifdef __cplusplus
}
#endif

#endif /* GUANXI_H */
