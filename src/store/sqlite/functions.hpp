// The functions that emitted SQL calls (the table in expr/emit_sql.hpp), on one SQLite connection.
// They run the evaluator's own arithmetic, so that both interpreters give one answer.
#pragma once

#include "copies.hpp"
#include "guanxi/base/text_services.hpp"

#include <memory>

namespace guanxi::store::sqlite {

/// The connection shares the copy and the services until it is closed.
result<void> register_functions(const copy_ptr& of, sqlite3* db,
                                std::shared_ptr<const text_services> text);

}  // namespace guanxi::store::sqlite
