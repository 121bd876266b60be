#include "self_check.hpp"

namespace guanxi::query {

namespace {

constexpr row_number asked_every = 4096;

/// The check of one index: all live rows in it, each found by its value, each once.
class index_check {
 public:
  index_check(const column_table& t, std::uint16_t slot, const field_index& of)
      : table_(t), slot_(slot), index_(of), cells_(t.column(slot)) {}

  template <class Tell, class On>
  bool run(bool unique, std::uint16_t deleted, const Tell& tell, const On& on) {
    std::vector<row_number> order;
    index_.collect({}, false, no_row, nullptr, order);
    std::vector<bool> seen(table_.rows());
    for (std::size_t begin = 0; begin < order.size();) {
      const value v = cells_.at(order[begin]);
      std::size_t end = begin + 1;
      while (end < order.size() && cells_.at(order[end]) == v) ++end;
      row_number holder = no_row;
      for (std::size_t i = begin; i < end; ++i) {
        const row_number row = order[i];
        if (row >= seen.size() || seen[row] || !table_.live(row)) {
          if (!tell({row, slot_, false})) return false;
          continue;
        }
        seen[row] = true;
        if (!unique || v.is_null() || !table_.column(deleted).is_null(row)) continue;
        if (holder != no_row && !tell({row, slot_, true})) return false;
        holder = row;
      }
      if (!v.is_null() && !found(v, order[begin], end - begin) &&
          !tell({order[begin], slot_, false}))
        return false;
      if (!on(static_cast<row_number>(end - begin))) return false;
      begin = end;
    }
    for (row_number row = 0; row < seen.size(); ++row)
      if (table_.live(row) && !seen[row] && !tell({row, slot_, false})) return false;
    return true;
  }

 private:
  bool found(const value& v, row_number first, std::size_t rows) const {
    const key_range just{.low = &v, .high = &v};
    return index_.first(just) == first && index_.count(just, rows + 1) == rows;
  }

  const column_table& table_;
  std::uint16_t slot_;
  const field_index& index_;
  const cells& cells_;
};

}  // namespace

bool self_check(const column_table& t, const std::vector<bool>& unique, std::uint16_t deleted,
                const std::function<bool(const disagreement&)>& tell,
                const std::function<bool(row_number)>& on) {
  const cells& ids = t.column(schema::system_slot::id);
  for (row_number row = 0; row < t.rows(); ++row) {
    if (row % asked_every == 0 && !on(0)) return false;
    if (!t.live(row)) continue;
    if (t.find(ids.at(row).as_id()) != row && !tell({row, 0, false})) return false;
  }
  row_number since = 0;
  const auto now_and_then = [&](row_number rows) {
    since += rows;
    return since < asked_every || (since = 0, on(0));
  };
  for (std::uint16_t slot = 0; slot < t.slots(); ++slot) {
    const field_index* index = t.index(slot);
    const bool once = slot < unique.size() && unique[slot];
    if (index && !index_check(t, slot, *index).run(once, deleted, tell, now_and_then)) return false;
  }
  return true;
}

}  // namespace guanxi::query
