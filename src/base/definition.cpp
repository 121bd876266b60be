#include "definition.hpp"

#include <algorithm>
#include <charconv>

namespace guanxi {

unexpected definition::wrong(std::string_view member, std::string_view what) const {
  return unexpected(errc::invalid_argument,
                    "`" + std::string(member) + "` of " + where_ + " " + std::string(what));
}

result<void> definition::only(std::initializer_list<std::string_view> known) const {
  for (const auto& [key, content] : of_.members()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    nearest_name near(key);
    for (const std::string_view k : known) near.offer(k);
    return unexpected(errc::invalid_argument,
                      where_ + " has no member " + in_backticks(key) + near.hint());
  }
  return {};
}

result<std::string> definition::word(std::string_view member, std::string_view otherwise,
                                     std::initializer_list<std::string_view> choices) const {
  const json* there = of_.find(member);
  std::string out(there ? there->as_text() : otherwise);
  if (there && !there->is(json::type::text)) out.clear();
  if (std::find(choices.begin(), choices.end(), out) != choices.end()) return out;
  std::string names;
  for (const std::string_view c : choices)
    names += (names.empty() ? "`" : ", `") + std::string(c) + "`";
  return wrong(member, "must be one of " + names);
}

result<std::int64_t> definition::number(std::string_view member,
                                        std::optional<std::int64_t> otherwise, std::int64_t least,
                                        std::int64_t most) const {
  const json* there = of_.find(member);
  const std::optional<std::int64_t> n = there ? whole(*there) : otherwise;
  if (n && *n >= least && *n <= most) return *n;
  return wrong(member, "must be a whole number from " + std::to_string(least) + " to " +
                           std::to_string(most));
}

std::optional<std::int64_t> definition::whole(const json& of) {
  std::int64_t out = 0;
  const std::string& text = of.as_text();
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  if (!of.is(json::type::number) || read.ec != std::errc() ||
      read.ptr != text.data() + text.size())
    return std::nullopt;
  return out;
}

}  // namespace guanxi
