// A trimmed plan as one SELECT.
#pragma once

#include "guanxi/expr/emit_sql.hpp"
#include "guanxi/query/split.hpp"
#include "names.hpp"

namespace guanxi::store::sqlite {

struct select_text {
  expr::sql_text sql;
  std::vector<expr::type> columns;  ///< of the result, in order
};

/// Whole: outputs, then currency-check columns. Groups: keys and aggregates of each grouping set,
/// then a count of rows. Else: a column per path.
select_text select_for(const query::fragment& f, const names& called);

}  // namespace guanxi::store::sqlite
