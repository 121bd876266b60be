#include "access.hpp"

#include "condition.hpp"

#include <algorithm>

namespace guanxi::query::columns {

using expr::op;
using schema::system_slot::id;

namespace {

/// A stretch of an index, or one record by its id.
struct stretch {
  std::uint16_t slot = 0;
  key_range range;
};

/// A condition as stretches that hold every row for which it can be true.
class finder {
 public:
  finder(frame& in, const expr::expression& e, std::span<const path_source> sources)
      : in_(in), e_(e), sources_(sources) {}

  bool find(std::vector<stretch>& out) const { return find(e_.root, out); }

 private:
  // Looking up more than this is slower than looking at many rows.
  static constexpr std::size_t most_members = 128;

  frame& in_;
  const expr::expression& e_;
  std::span<const path_source> sources_;

  std::optional<std::uint16_t> indexed(expr::node_id at) const {
    const expr::node& n = e_.at(at);
    if (n.what != op::path || sources_[n.index].join != 0) return std::nullopt;
    const std::uint16_t slot = sources_[n.index].slot;
    if (slot == id) return slot;
    const column_table& root = *in_.root();
    const bool known = slot < root.slots() && root.entered() >= in_.rows() && root.index(slot);
    return known ? std::optional(slot) : std::nullopt;
  }

  /// Whether a literal can be compared with what the index holds.
  bool fits(std::uint16_t slot, const value& v) const {
    const expr::type& t = in_.column(slot).type();
    return t.base == v.type() &&
           (t.base != value_type::decimal || v.as_decimal().scale == t.scale);
  }

  bool find(expr::node_id at, std::vector<stretch>& out) const {
    const expr::node& n = e_.at(at);
    if (n.what == op::logical_or)
      return std::all_of(n.children.begin(), n.children.end(),
                         [&](expr::node_id child) { return find(child, out); });
    if (n.what == op::logical_and)
      return std::any_of(n.children.begin(), n.children.end(), [&](expr::node_id child) {
        std::vector<stretch> part;
        if (!find(child, part)) return false;
        out.insert(out.end(), part.begin(), part.end());
        return true;
      });
    if (n.what == op::in) return members(n, out);
    if (n.what < op::equal || n.what > op::greater_equal || n.what == op::not_equal) return false;
    const expr::node& right = e_.at(n.children[1]);
    const auto slot = indexed(n.children[0]);
    if (!slot || right.what != op::literal || !fits(*slot, right.content)) return false;
    return add(*slot, n.what, right.content, out);
  }

  bool add(std::uint16_t slot, op what, const value& v, std::vector<stretch>& out) const {
    if (slot == id && what != op::equal) return false;
    stretch s{slot, {}};
    if (what != op::less && what != op::less_equal) s.range.low = &v;
    if (what != op::greater && what != op::greater_equal) s.range.high = &v;
    s.range.low_open = what == op::greater;
    s.range.high_open = what == op::less;
    out.push_back(s);
    return true;
  }

  bool members(const expr::node& n, std::vector<stretch>& out) const {
    const auto slot = indexed(n.children[0]);
    if (!slot || n.children.size() > most_members) return false;
    for (std::size_t i = 1; i < n.children.size(); ++i) {
      const expr::node& member = e_.at(n.children[i]);
      if (member.what != op::literal || !fits(*slot, member.content)) return false;
      add(*slot, op::equal, member.content, out);
    }
    return true;
  }
};

std::size_t count(const frame& in, const std::vector<stretch>& of, std::size_t at_most) {
  std::size_t sum = 0;
  for (const stretch& s : of) {
    if (sum >= at_most) break;
    sum += s.slot == id ? 1 : in.root()->index(s.slot)->count(s.range, at_most - sum);
  }
  return sum;
}

/// The rows of the stretches that were not written since, and all that were.
std::vector<row_number> rows_of(frame& in, const std::vector<stretch>& of) {
  std::vector<row_number> out;
  for (const stretch& s : of) {
    if (s.slot != id) {
      in.root()->index(s.slot)->collect(s.range, false, no_row, nullptr, out);
      continue;
    }
    const row_number row = in.from().find(*in.root(), s.range.low->as_id());
    if (row != no_row) out.push_back(row);
  }
  std::erase_if(out, [&](row_number row) {
    return row >= in.rows() || (in.changed() && in.from().changed(*in.root(), row));
  });
  if (in.changed()) in.from().changed(*in.root(), out);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

/// The index to walk for the first rows in the wanted order, if there is one that orders so.
bool can_walk(frame& in, access& out) {
  const plan& p = in.what();
  if (p.order.empty() || in.root()->entered() < in.rows()) return false;
  const order_key& first = p.order.front();
  const formula f = in.formula_of(first.by);
  const path_source* path = f.path();
  if (!path || path->join != 0 || path->slot >= in.root()->slots()) return false;
  // An index has nulls first, and backwards last.
  if (first.nulls_first == first.descending || !in.root()->index(path->slot)) return false;
  out.slot = path->slot;
  out.backwards = first.descending;
  return true;
}

}  // namespace

access choose_access(frame& in, std::optional<std::size_t> enough) {
  const trimmed_plan& p = in.trimmed();
  access out;
  std::vector<stretch> best;
  std::size_t fewest = in.rows() / 8 + 1;
  const bool walks = enough && can_walk(in, out);
  // Walking is cheap where many rows are visible, naming rows where few are.
  if (walks) fewest = std::min(fewest, 16 * *enough + 2048);
  const auto offer = [&](const expr::expression& e, std::span<const path_source> sources) {
    std::vector<stretch> found;
    if (!finder(in, e, sources).find(found)) return;
    for (const stretch& s : found)
      if (walks && found.size() == 1 && s.slot == out.slot) {
        if (s.range.low) out.low = s.range.low;
        if (s.range.high) out.high = s.range.high;
      }
    const std::size_t n = count(in, found, fewest);
    if (n >= fewest) return;
    fewest = n;
    best = std::move(found);
    out.how = access::way::list;
  };
  const policy::reach& guard = p.guard(0);
  std::vector<path_source> places;
  if (guard.how_far == policy::reach::extent::some) {
    for (const expr::bound_path& path : guard.paths->entries())
      places.push_back({0, path.last().slot});
    offer(guard.filter, places);
  }
  for (const expr::expression& e : in.what().filters) {
    offer(e, in.what().sources);
    // A condition that fails does so for every row that those before it let through.
    if (can_fail(e, in.text())) break;
  }
  if (out.how == access::way::list) out.list = rows_of(in, best);
  else if (walks) out.how = access::way::walk;
  return out;
}

}  // namespace guanxi::query::columns
