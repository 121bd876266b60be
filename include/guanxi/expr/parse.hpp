// Text to tree.
//
//   or < and < not < comparison, in, like, between, is null < + - < * / < unary -
//      < call, path, literal, ( )
//
//   x between a and b is x >= a and x <= b; <> is !=
//   literals: 12  1.50  'text'  true  false  null  date '2017-03-01'
//             instant '2017-03-01T00:00:00Z'
//   aggregates: count(), count(x), count(distinct x), sum(x) filter (where c), percentile(x, 0.9),
//               first(x by k), last(x by k, l)
#pragma once

#include "guanxi/expr/lexer.hpp"
#include "guanxi/expr/tree.hpp"

#include <functional>

namespace guanxi::expr {

/// Reads a whole text as one expression. Errors: errc::parse with the offset, errc::limit.
result<tree> parse(std::string_view text);

/// Read what is a statement of its own, and give the number of the nested select; queries supply
/// them.
struct nested_readers {
  using reader = std::function<result<std::uint32_t>(cursor&)>;
  reader select = {};     ///< `( select … )` after `in`, parentheses included
  reader figure = {};     ///< `( select … )` as a value: what it gives of a record's children
  reader condition = {};  ///< what stands behind the colon of `any(account.contacts: …)`
};

/// Reads one expression from the cursor and leaves it behind the last token used.
result<tree> parse(cursor& from, const nested_readers& nested = {});

}  // namespace guanxi::expr

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/expr/parse-inl.hpp"
#endif
