// The functions that emitted SQL calls (the table in expr/emit_sql.hpp), on one SQLite connection.
// They run the evaluator's own arithmetic, so that both interpreters give one answer.
#pragma once

#include "copies.hpp"
#include "guanxi/base/text_services.hpp"
#include "guanxi/expr/pace.hpp"
#include "guanxi/query/bounds.hpp"

#include <memory>

namespace guanxi::store::sqlite {

/// Of the statement that a connection runs, for functions that are long at work; null: none.
struct running {
  expr::pace* pace = nullptr;
  const query::bounds* within = nullptr;
};

/// The connection shares the copy, the services and what it runs until it is closed.
result<void> register_functions(const copy_ptr& of, sqlite3* db,
                                std::shared_ptr<const text_services> text,
                                std::shared_ptr<const running> now =
                                    std::make_shared<const running>());

}  // namespace guanxi::store::sqlite
