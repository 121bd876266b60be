#include "support/host_sqlite.hpp"

#include <dlfcn.h>

#include <stdexcept>

namespace guanxi::test {

namespace {

/// Another copy of SQLite: the same library, loaded once more into a namespace of its own. Under
/// the address sanitizer, which knows one namespace, there is none.
void* another_copy() {
#if defined(__SANITIZE_ADDRESS__)
  return nullptr;
#else
  static void* const loaded = dlmopen(LM_ID_NEWLM, "libsqlite3.so.0", RTLD_NOW);
  return loaded;
#endif
}

template <class F>
void look_up(void* library, const char* name, F& into) {
  void* found = dlsym(library, name);
  if (!found) throw std::runtime_error(std::string("no ") + name);
  into = reinterpret_cast<F>(found);
}

store::sqlite_functions functions_of(void* library) {
  store::sqlite_functions f = guanxi_sqlite_functions_here();
  if (!library) return f;
#define FROM_LIBRARY(name) look_up(library, "sqlite3_" #name, f.name)
  FROM_LIBRARY(libversion_number), FROM_LIBRARY(exec), FROM_LIBRARY(prepare_v3);
  FROM_LIBRARY(changes), FROM_LIBRARY(total_changes), FROM_LIBRARY(get_autocommit);
  FROM_LIBRARY(txn_state), FROM_LIBRARY(db_readonly), FROM_LIBRARY(extended_errcode);
  FROM_LIBRARY(errmsg), FROM_LIBRARY(progress_handler), FROM_LIBRARY(create_function_v2);
  FROM_LIBRARY(step), FROM_LIBRARY(reset), FROM_LIBRARY(clear_bindings), FROM_LIBRARY(finalize);
  FROM_LIBRARY(stmt_readonly), FROM_LIBRARY(bind_null), FROM_LIBRARY(bind_int64);
  FROM_LIBRARY(bind_text64), FROM_LIBRARY(column_type), FROM_LIBRARY(column_int64);
  FROM_LIBRARY(column_text), FROM_LIBRARY(column_bytes), FROM_LIBRARY(user_data);
  FROM_LIBRARY(aggregate_context), FROM_LIBRARY(get_auxdata), FROM_LIBRARY(set_auxdata);
  FROM_LIBRARY(value_type), FROM_LIBRARY(value_int64), FROM_LIBRARY(value_text);
  FROM_LIBRARY(value_bytes), FROM_LIBRARY(result_null), FROM_LIBRARY(result_int64);
  FROM_LIBRARY(result_text64), FROM_LIBRARY(result_error), FROM_LIBRARY(result_error_nomem);
#undef FROM_LIBRARY
  return f;
}

int add_row(void* to, int columns, char** cells, char**) {
  auto& out = *static_cast<std::string*>(to);
  for (int i = 0; i < columns; ++i) {
    if (i) out += '|';
    out += cells[i] ? cells[i] : "null";
  }
  out += '\n';
  return 0;
}

}  // namespace

host_sqlite::host_sqlite(const std::string& path, const std::string& first_sql)
    : functions_(functions_of(another_copy())), close_(sqlite3_close) {
  int (*open)(const char*, sqlite3**) = sqlite3_open;
  if (void* library = another_copy()) {
    look_up(library, "sqlite3_open", open);
    look_up(library, "sqlite3_close", close_);
  }
  if (open(path.c_str(), &db_) != SQLITE_OK) throw std::runtime_error("no database at " + path);
  if (!first_sql.empty()) run(first_sql);
}

host_sqlite::~host_sqlite() { close(); }

int host_sqlite::close() {
  const int code = close_(db_);
  if (code == SQLITE_OK) db_ = nullptr;
  return code;
}

std::string host_sqlite::run(const std::string& sql) const {
  std::string out;
  if (functions_.exec(db_, sql.c_str(), add_row, &out, nullptr) != SQLITE_OK)
    out += "error: " + std::string(functions_.errmsg(db_));
  return out;
}

bool host_sqlite::is_another_copy() const { return functions_.step != sqlite3_step; }

}  // namespace guanxi::test
