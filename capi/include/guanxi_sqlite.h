/*
 * The functions of the host's own SQLite, for guanxi_open_in. Include the host's sqlite3.h first:
 *
 *   #include <sqlite3.h>
 *   #include <guanxi_sqlite.h>
 *
 *   const guanxi_sqlite_functions mine = guanxi_sqlite_functions_here();
 *   guanxi_open_in(NULL, db, &mine, NULL, &crm, &err);
 *
 * Members are named after what they point to, without `sqlite3_`, and have its type. With
 * sqlite3ext.h in place of sqlite3.h, the functions are those that SQLite gives an extension.
 *
 * This file is written by scripts/generate_c_api.py; change
 * include/guanxi/store/sqlite_functions.hpp.
 */
#ifndef GUANXI_SQLITE_H
#define GUANXI_SQLITE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef GUANXI_SQLITE_FUNCTIONS
#define GUANXI_SQLITE_FUNCTIONS

struct sqlite3;
struct sqlite3_stmt;
struct sqlite3_context;
struct sqlite3_value;

typedef struct guanxi_sqlite_functions {
  uint32_t struct_size; /* of this struct; entries are only ever added at its end */
  int (*libversion_number)(void);
  /* a connection */
  int (*exec)(struct sqlite3 *, const char *, int (*)(void *, int, char **, char **), void *,
              char **);
  int (*prepare_v3)(struct sqlite3 *, const char *, int, unsigned int, struct sqlite3_stmt **,
                    const char **);
  int (*changes)(struct sqlite3 *);
  int (*total_changes)(struct sqlite3 *);
  int (*get_autocommit)(struct sqlite3 *);
  int (*txn_state)(struct sqlite3 *, const char *);
  int (*db_readonly)(struct sqlite3 *, const char *);
  int (*extended_errcode)(struct sqlite3 *);
  const char *(*errmsg)(struct sqlite3 *);
  void (*progress_handler)(struct sqlite3 *, int, int (*)(void *), void *);
  int (*create_function_v2)(struct sqlite3 *, const char *, int, int, void *,
                            void (*)(struct sqlite3_context *, int, struct sqlite3_value **),
                            void (*)(struct sqlite3_context *, int, struct sqlite3_value **),
                            void (*)(struct sqlite3_context *), void (*)(void *));
  /* a statement */
  int (*step)(struct sqlite3_stmt *);
  int (*reset)(struct sqlite3_stmt *);
  int (*clear_bindings)(struct sqlite3_stmt *);
  int (*finalize)(struct sqlite3_stmt *);
  int (*stmt_readonly)(struct sqlite3_stmt *);
  int (*bind_null)(struct sqlite3_stmt *, int);
  int (*bind_int64)(struct sqlite3_stmt *, int, long long);
  int (*bind_text64)(struct sqlite3_stmt *, int, const char *, unsigned long long,
                     void (*)(void *), unsigned char);
  int (*column_type)(struct sqlite3_stmt *, int);
  long long (*column_int64)(struct sqlite3_stmt *, int);
  const unsigned char *(*column_text)(struct sqlite3_stmt *, int);
  int (*column_bytes)(struct sqlite3_stmt *, int);
  /* inside a function of SQL */
  void *(*user_data)(struct sqlite3_context *);
  void *(*aggregate_context)(struct sqlite3_context *, int);
  void *(*get_auxdata)(struct sqlite3_context *, int);
  void (*set_auxdata)(struct sqlite3_context *, int, void *, void (*)(void *));
  int (*value_type)(struct sqlite3_value *);
  long long (*value_int64)(struct sqlite3_value *);
  const unsigned char *(*value_text)(struct sqlite3_value *);
  int (*value_bytes)(struct sqlite3_value *);
  void (*result_null)(struct sqlite3_context *);
  void (*result_int64)(struct sqlite3_context *, long long);
  void (*result_text64)(struct sqlite3_context *, const char *, unsigned long long,
                        void (*)(void *), unsigned char);
  void (*result_error)(struct sqlite3_context *, const char *, int);
  void (*result_error_nomem)(struct sqlite3_context *);
} guanxi_sqlite_functions;

#endif

#if defined(SQLITE_VERSION_NUMBER) && !defined(GUANXI_SQLITE_FUNCTIONS_HERE)
#define GUANXI_SQLITE_FUNCTIONS_HERE

/* The copy of SQLite that this source file is linked with. */
static inline guanxi_sqlite_functions guanxi_sqlite_functions_here(void) {
  guanxi_sqlite_functions here;
  here.struct_size = (uint32_t)sizeof here;
  here.libversion_number = sqlite3_libversion_number;
  here.exec = sqlite3_exec;
  here.prepare_v3 = sqlite3_prepare_v3;
  here.changes = sqlite3_changes;
  here.total_changes = sqlite3_total_changes;
  here.get_autocommit = sqlite3_get_autocommit;
  here.txn_state = sqlite3_txn_state;
  here.db_readonly = sqlite3_db_readonly;
  here.extended_errcode = sqlite3_extended_errcode;
  here.errmsg = sqlite3_errmsg;
  here.progress_handler = sqlite3_progress_handler;
  here.create_function_v2 = sqlite3_create_function_v2;
  here.step = sqlite3_step;
  here.reset = sqlite3_reset;
  here.clear_bindings = sqlite3_clear_bindings;
  here.finalize = sqlite3_finalize;
  here.stmt_readonly = sqlite3_stmt_readonly;
  here.bind_null = sqlite3_bind_null;
  here.bind_int64 = sqlite3_bind_int64;
  here.bind_text64 = sqlite3_bind_text64;
  here.column_type = sqlite3_column_type;
  here.column_int64 = sqlite3_column_int64;
  here.column_text = sqlite3_column_text;
  here.column_bytes = sqlite3_column_bytes;
  here.user_data = sqlite3_user_data;
  here.aggregate_context = sqlite3_aggregate_context;
  here.get_auxdata = sqlite3_get_auxdata;
  here.set_auxdata = sqlite3_set_auxdata;
  here.value_type = sqlite3_value_type;
  here.value_int64 = sqlite3_value_int64;
  here.value_text = sqlite3_value_text;
  here.value_bytes = sqlite3_value_bytes;
  here.result_null = sqlite3_result_null;
  here.result_int64 = sqlite3_result_int64;
  here.result_text64 = sqlite3_result_text64;
  here.result_error = sqlite3_result_error;
  here.result_error_nomem = sqlite3_result_error_nomem;
  return here;
}

#endif

#ifdef __cplusplus
}
#endif

#endif /* GUANXI_SQLITE_H */
