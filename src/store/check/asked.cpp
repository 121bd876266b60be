#include "asked.hpp"

#include <algorithm>
#include <random>

namespace guanxi::store::checking {

namespace {

class request_maker {
 public:
  request_maker(const schema::catalog_ptr& in, std::size_t table, std::uint64_t seed,
                const text_services& text)
      : in_(in), table_(table), of_(table_of(*in, table)), text_(text), random_(seed) {}

  request run() {
    request out;
    for (std::uint64_t terms = under(4); terms > 0; --terms) out.terms.push_back(made_term());
    if (under(2) == 0) {
      out.limit = 1 + under(6);
      for (std::uint64_t keys = under(3); keys > 0; --keys)
        out.sort.push_back({&field(), under(2) == 0, under(2) == 0});
    }
    choose_columns(out);
    return out;
  }

 private:
  const schema::catalog_ptr& in_;
  const std::size_t table_;
  const schema::entity& of_;
  const text_services& text_;
  std::mt19937_64 random_;

  std::uint64_t under(std::uint64_t n) { return random_() % n; }
  const schema::field& field() {
    return of_.at(static_cast<std::uint16_t>(under(of_.slots())));
  }

  /// What rows of the kit hold there, so that some pass and some do not.
  value constant(const schema::field& f) {
    const auto key = static_cast<std::int64_t>(under(12)) + 1;
    const std::uint64_t content =
        under(2) == 0 ? edge(under(edges)) : first_chance + under(1'000'000'000);
    return row_of(in_, table_, id{key}, 1, content).at(f.slot);
  }

  std::string beginning(std::string_view of) {
    const std::string folded = text_.folded(of);
    std::size_t end = folded.empty() ? 0 : 1 + under(folded.size());
    while (end < folded.size() && (static_cast<unsigned char>(folded[end]) & 0xc0) == 0x80) ++end;
    return folded.substr(0, end);
  }

  term made_term() {
    const schema::field& f = field();
    value v = constant(f);
    if (v.is_null() || under(8) == 0)
      return {&f, under(2) == 0 ? comparison::is_null : comparison::is_not_null, {}};
    if (v.type() == value_type::text && under(4) == 0)
      if (std::string some = beginning(v.as_text()); !some.empty())
        return {&f, comparison::starts_with, {value(std::move(some))}};
    if (under(5) == 0) return members(f);
    return {&f, static_cast<comparison>(1 + under(6)), {std::move(v)}};
  }

  term members(const schema::field& f) {
    term out{&f, comparison::in, {}};
    for (std::uint64_t n = under(5); n > 0; --n)
      if (value v = constant(f); !v.is_null()) out.constants.push_back(std::move(v));
    const auto before = [](const value& a, const value& b) { return order(a, b) < 0; };
    std::sort(out.constants.begin(), out.constants.end(), before);
    out.constants.erase(std::unique(out.constants.begin(), out.constants.end()),
                        out.constants.end());
    return out;
  }

  void choose_columns(request& into) {
    const bool all = under(2) == 0;
    for (std::uint16_t slot = 0; slot < of_.slots(); ++slot) {
      const auto reads = [&](const auto& part) { return part.of->slot == slot; };
      if (slot < 2 || all || under(3) == 0 ||
          std::any_of(into.terms.begin(), into.terms.end(), reads) ||
          std::any_of(into.sort.begin(), into.sort.end(), reads))
        into.columns.push_back(slot);
    }
  }
};

}  // namespace

request asked_by_chance(const schema::catalog_ptr& in, std::size_t table, std::uint64_t seed,
                        const text_services& text) {
  return request_maker(in, table, seed, text).run();
}

std::vector<request> lesser(const request& asked, const schema::entity& of) {
  std::vector<request> out;
  for (std::size_t t = 0; t < asked.terms.size(); ++t) {
    out.push_back(asked);
    out.back().terms.erase(out.back().terms.begin() + static_cast<std::ptrdiff_t>(t));
  }
  for (std::size_t k = 0; k < asked.sort.size(); ++k) {
    out.push_back(asked);
    out.back().sort.erase(out.back().sort.begin() + static_cast<std::ptrdiff_t>(k));
  }
  if (asked.limit > 0 && asked.sort.empty()) {
    out.push_back(asked);
    out.back().limit = 0;
  }
  if (asked.columns.size() < of.slots()) {
    out.push_back(asked);
    out.back().columns.clear();
    for (std::uint16_t slot = 0; slot < of.slots(); ++slot) out.back().columns.push_back(slot);
  }
  return out;
}

std::string in_words(const request& asked) {
  std::string out;
  for (const term& t : asked.terms)
    out += (out.empty() ? "where " : " and ") + store::in_words(t);
  const auto add = [&out](const std::string& part) { out += (out.empty() ? "" : ", ") + part; };
  if (!asked.sort.empty()) add("by " + store::in_words(asked.sort));
  if (asked.limit > 0) add("at most " + std::to_string(asked.limit));
  if (asked.after) add("above id " + std::to_string(asked.after.value));
  return out.empty() ? "for all rows" : out;
}

}  // namespace guanxi::store::checking
