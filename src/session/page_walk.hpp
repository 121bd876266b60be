// A walk through the pages of a query with `after`: reads the cursor, and makes the next one.
//
//   page_walk walk = page_walk::take_up(session, secret, statement, parameters, options).value();
//   rows page = …run with walk.parameters()…;   walk.cut(page);   page.page().next
//
// A cursor holds what the last row of its page has in the order, signed together with what it is
// for: statement, parameters and user.
// Thread rule: a value.
#pragma once

#include "guanxi/query/statement.hpp"
#include "guanxi/session/session.hpp"

#include "base/signature.hpp"

namespace guanxi {

class page_walk {
 public:
  /// Errors: errc::invalid_argument for a cursor that is not of this query and user.
  static result<page_walk> take_up(const session& by, const secret& key, const query::statement& q,
                                   const std::vector<expr::parameter_value>& parameters,
                                   const query_options& options);
  /// The parameters, with the values that the cursor holds in its place.
  const std::vector<expr::parameter_value>& parameters() const noexcept { return parameters_; }
  /// Makes what was asked for, with a row too many and its order, the page itself.
  void cut(rows& page) const;

 private:
  page_walk() = default;
  result<void> read(std::string_view cursor);

  secret key_{};
  std::string context_;
  std::vector<expr::parameter_value> parameters_;
  std::size_t at_ = 0;    ///< of the cursor among them
  std::size_t most_ = 0;  ///< rows of a page
  std::int64_t since_ = 0;
};

}  // namespace guanxi
