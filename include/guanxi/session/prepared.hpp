// A query that is read once and run often.
//
//   const prepared deals = prepare("select name from opportunity where amount > :least").value();
//   rows large = s.query(deals, {{"least", decimal{100000, 2}}}).value();
//
// It is text that was read, no more: any session of any tenant runs it, under its own user's
// rights. What it was bound to (definitions, permission sets, kinds of parameters) is kept with it
// and used again where they are the same. Texts given to session::query are kept so, too, a few
// hundred a tenant, so that a query loses little by being text.
// Ownership: a handle; copies share what is kept. Thread rule: many threads may use one at a time.
#pragma once

#include "guanxi/base/result.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace guanxi {

class prepared {
 public:
  /// The text in its one form, as query::print writes it.
  std::string text() const;
  /// The names of its parameters, each once, in the order of the text.
  std::vector<std::string> parameters() const;

  struct state;
  explicit prepared(std::shared_ptr<state> s) : state_(std::move(s)) {}

 private:
  friend class session;
  std::shared_ptr<state> state_;
};

/// Errors: errc::parse, errc::limit, errc::invalid_text, with the offset. Whether its names exist
/// is a matter of who runs it.
result<prepared> prepare(std::string_view text);

}  // namespace guanxi
