// The functions that emitted SQL calls (the table in expr/emit_sql.hpp), on one SQLite connection.
// They run the evaluator's own arithmetic, so that both interpreters give one answer.
#pragma once

#include "copies.hpp"
#include "guanxi/base/text_services.hpp"
#include "guanxi/expr/emit_sql.hpp"
#include "guanxi/expr/pace.hpp"
#include "guanxi/query/bounds.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace guanxi::store::sqlite {

/// Of the statement that a connection runs; null: none.
struct running {
  expr::pace* pace = nullptr;  ///< for functions that are long at work
  const query::bounds* within = nullptr;
  const std::vector<expr::sql_call>* calls = nullptr;
  std::optional<error>* refused = nullptr;  ///< where a function puts why it stopped the statement
};

/// The connection shares the copy, the services and what it runs until it is closed.
result<void> register_functions(const copy_ptr& of, sqlite3* db,
                                std::shared_ptr<const text_services> text,
                                std::shared_ptr<const running> now =
                                    std::make_shared<const running>());

}  // namespace guanxi::store::sqlite
