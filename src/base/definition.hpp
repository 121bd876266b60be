// Reads the members of a JSON object that somebody wrote by hand, and refuses what is not known.
//
//   const definition d(object, "the fiscal calendar");
//   if (auto ok = d.only({"kind", "start_month"}); !ok) return passed(ok);
//   result<std::int64_t> month = d.number("start_month", {}, 1, 12);
//
// Thread rule: immutable; the object must outlive it.
#pragma once

#include "guanxi/base/json.hpp"
#include "guanxi/base/result.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace guanxi {

class definition {
 public:
  /// `where` names the object in messages.
  definition(const json& of, std::string where) : of_(of), where_(std::move(where)) {}

  const json* find(std::string_view member) const { return of_.find(member); }
  const std::string& where() const noexcept { return where_; }
  /// "`month` of the fiscal calendar " and what is wrong with it; errc::invalid_argument.
  unexpected wrong(std::string_view member, std::string_view what) const;
  /// Refuses members that are not known, with the nearest that is.
  result<void> only(std::initializer_list<std::string_view> known) const;
  result<std::string> word(std::string_view member, std::string_view otherwise,
                           std::initializer_list<std::string_view> choices) const;
  result<std::int64_t> number(std::string_view member, std::optional<std::int64_t> otherwise,
                              std::int64_t least, std::int64_t most) const;
  /// Nothing unless it is a whole number.
  static std::optional<std::int64_t> whole(const json& of);

 private:
  const json& of_;
  std::string where_;
};

}  // namespace guanxi
