// Queries that select children: their parents are read first, then the children of all of them at
// once, and each gets its own.
#include "families.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_map>
#include <utility>

namespace guanxi {

using query::rows;

namespace {

/// No parameter that a query names has a blank.
constexpr std::string_view keys_name = "the parents";

/// Which rows of an answer have a record in a column.
class holders {
 public:
  holders(const rows& of, std::size_t column) {
    for (std::size_t row = 0; row < of.size(); ++row) {
      const value key = of.at(row, column);
      if (key.is_null()) continue;
      std::vector<std::size_t>& those = rows_[key.as_id().value];
      if (those.empty()) keys_.push_back(key);
      those.push_back(row);
    }
  }
  const std::vector<value>& keys() const noexcept { return keys_; }
  const std::vector<std::size_t>& of(const value& key) const { return rows_.at(key.as_id().value); }

 private:
  std::vector<value> keys_;  ///< each once
  std::unordered_map<std::int64_t, std::vector<std::size_t>> rows_;
};

}  // namespace

result<rows> family_reader::answer(const query::statement& s, const schema::entity& root,
                                   const parameters& given) const {
  if (!query::selects_children(s)) return run_(s, given);
  result<query::family> f = query::family_of(s);
  if (!f) return passed(f);
  result<rows> out = run_(f->parents, given);
  if (!out) return out;
  if (auto ok = fill(*out, *f, root, given); !ok) return passed(ok);
  return out;
}

result<void> family_reader::fill(rows& parents, const query::family& f, const schema::entity& root,
                                 const parameters& given) const {
  for (const query::branch& b : f.branches)
    if (auto ok = fill(parents, b, root, given); !ok) return ok;
  return {};
}

result<void> family_reader::fill(rows& parents, const query::branch& b, const schema::entity& root,
                                 const parameters& given) const {
  auto related = query::children_of(b, mine_, root);
  if (!related) return passed(related);
  const std::size_t before = within_.kept();
  const holders by(parents, b.column);
  const query::statement s = b.of_these(*related->of, related->via->name, keys_name);
  parameters with = given;
  std::erase_if(with, [](const auto& p) { return p.name == keys_name; });  // of a level above
  with.push_back({.name = std::string(keys_name), .list = by.keys(), .is_list = true});
  // As it stands in its `in`, each key is a part of the expression.
  if (auto ok = within_.keep(by.keys().size() * sizeof(expr::node)); !ok) return ok;
  result<rows> found = answer(s, *related->of, with);
  if (!found) return passed(found);
  const std::size_t key = s.all_fields ? 0 : found->columns().size() - 1;
  std::vector<std::vector<std::size_t>> own(parents.size());
  std::size_t count = 0;
  for (std::size_t child = 0; child < found->size(); ++child)
    for (const std::size_t row : by.of(found->at(child, key))) {
      own[row].push_back(child);
      ++count;
    }
  if (count > within_.max_rows)
    return unexpected(errc::limit, "the answer has more children than its cap of " +
                                       std::to_string(within_.max_rows) + " rows");
  auto put = b.single ? put_figures(parents, b, *related->of, *found, own, given)
                      : put_lists(parents, b, *found, key, own);
  // What was read for them goes, and they stay.
  within_.let_go_to(before);
  return put ? within_.keep(*put) : result<void>(passed(put));
}

result<std::size_t> family_reader::put_figures(
    rows& parents, const query::branch& b, const schema::entity& of, const rows& found,
    const std::vector<std::vector<std::size_t>>& own, const parameters& given) const {
  value none;
  if (std::any_of(own.begin(), own.end(), [](const auto& those) { return those.empty(); })) {
    result<rows> r = run_(b.of_none(of), given);
    if (!r) return passed(r);
    none = r->at(0, 0);
  }
  std::vector<value> figures;
  figures.reserve(own.size());
  for (const auto& those : own)
    figures.push_back(those.empty() ? none : found.at(those.front(), 0));
  query::column_info head = found.columns().front();
  head.name = parents.columns()[b.column].name;
  parents.replace(b.column, std::move(head), figures);
  return query::bytes_of(figures);
}

result<std::size_t> family_reader::put_lists(
    rows& parents, const query::branch& b, const rows& found, std::size_t key,
    const std::vector<std::vector<std::size_t>>& own) const {
  std::vector<std::size_t> columns(found.columns().size());
  std::iota(columns.begin(), columns.end(), std::size_t{0});
  columns.erase(columns.begin() + static_cast<std::ptrdiff_t>(key));
  std::vector<std::size_t> which;
  query::branch_rows children;
  children.starts.push_back(0);
  for (const auto& those : own) {
    which.insert(which.end(), those.begin(), those.end());
    children.starts.push_back(which.size());
  }
  children.all = std::make_shared<const rows>(found.picked(which, columns));
  const std::size_t bytes = query::bytes_of(*children.all) + own.size() * sizeof(std::size_t);
  if (auto ok = within_.keep(bytes); !ok) return passed(ok);
  std::string name = parents.columns()[b.column].name;
  parents.replace(b.column, std::move(name), std::move(children));
  return bytes;
}

}  // namespace guanxi
