// Records on their way into the sample, with the first error kept for the end.
#pragma once

#include "guanxi/edge/sample.hpp"
#include "guanxi/guanxi.hpp"

#include <initializer_list>
#include <optional>
#include <string>

namespace guanxi::edge::sample {

/// After the first error every further write does nothing and gives id 0, so that a recipe of many
/// records reads without a check after each.
class writer {
 public:
  writer(session& into, sample_summary& made) : into_(into), made_(made) {}

  schema::draft draft(const schema::entity_row& of);
  id add(const schema::draft& d);
  id add(const schema::entity_row& of, std::initializer_list<schema::assignment> values);
  void change(id key, const schema::draft& d);
  void change(const schema::entity_row& of, id key,
              std::initializer_list<schema::assignment> values);

  bool failed() const noexcept { return why_.has_value(); }
  void fail(error why);
  error& why() noexcept { return *why_; }
  session& into() noexcept { return into_; }

 private:
  session& into_;
  sample_summary& made_;
  std::optional<error> why_;
};

}  // namespace guanxi::edge::sample
