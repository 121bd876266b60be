#include "exact.hpp"

#include "held.hpp"

#include <algorithm>

namespace guanxi::query::columns {

namespace {

using schema::system_slot::id;

/// Records of a source at its moment.
class record_reader final : public record_source {
 public:
  record_reader(source& from, schema::catalog_ptr catalog)
      : from_(from), catalog_(std::move(catalog)) {}

  result<void> scan(const schema::entity& of, standing which,
                    const std::function<result<bool>(const schema::record&)>& visit) override {
    const column_table* t = from_.table(of);
    if (!t) return {};
    const std::vector<row_number> order = rows_by_id(*t);
    std::vector<schema::record> page;
    for (row_number first = 0; first < order.size(); first += page_rows) {
      const row_number last = std::min<row_number>(first + page_rows, row_number(order.size()));
      page.clear();
      {
        const held now(from_);
        for (row_number i = first; i < last; ++i) {
          schema::record r(catalog_, of);
          if (read(*t, order[i], r) && among(which, r.deleted(), r.archived()))
            page.push_back(std::move(r));
        }
      }
      for (const schema::record& r : page) {
        result<bool> more = visit(r);
        if (!more) return passed(more);
        if (!*more) return {};
      }
    }
    return {};
  }

  result<schema::record> get(const schema::entity& of, guanxi::id key) override {
    const column_table* t = from_.table(of);
    if (!t) return schema::record();
    const held now(from_);
    const row_number row = from_.find(*t, key);
    schema::record r(catalog_, of);
    if (row == no_row || !read(*t, row, r) || r.deleted()) return schema::record();
    return r;
  }

 private:
  // The visitor runs without holding the source, so a page waits in memory.
  static constexpr row_number page_rows = 256;

  source& from_;
  schema::catalog_ptr catalog_;

  /// Reads a row as it was at the moment; false: it held no record.
  bool read(const column_table& t, row_number row, schema::record& into) const {
    if (!from_.changed(t, row)) {
      if (t.column(id).is_null(row)) return false;
      t.fill(row, into);
      return true;
    }
    const std::vector<value>* cells = from_.image(t, row);
    if (!cells) return false;
    const std::size_t slots = std::min(cells->size(), into.slots().size());
    for (std::size_t slot = 0; slot < slots; ++slot)
      into.set(static_cast<std::uint16_t>(slot), (*cells)[slot]);
    return true;
  }

  /// The rows of the moment, holes too, so that their ids rise.
  std::vector<row_number> rows_by_id(const column_table& t) const {
    const auto per_hold = static_cast<row_number>(from_.rows_per_hold());
    row_number count = 0;
    bool ordered = false;
    {
      const held now(from_);
      count = from_.rows(t);
      ordered = t.ordered();
    }
    std::vector<row_number> rows(count);
    for (row_number row = 0; row < count; ++row) rows[row] = row;
    if (ordered) return rows;
    std::vector<std::int64_t> ids(count);
    for (row_number first = 0; first < count; first += per_hold) {
      const held now(from_);
      const row_number last = std::min(first + per_hold, count);
      for (row_number row = first; row < last; ++row) ids[row] = id_of(t, row);
    }
    std::sort(rows.begin(), rows.end(),
              [&ids](row_number a, row_number b) { return ids[a] < ids[b]; });
    return rows;
  }

  std::int64_t id_of(const column_table& t, row_number row) const {
    if (from_.changed(t, row)) {
      const std::vector<value>* cells = from_.image(t, row);
      return cells ? (*cells)[id].as_id().value : 0;
    }
    const std::uint64_t code = t.column(id).code(row);
    return code == 0 ? 0 : t.column(id).integer(code);
  }
};

}  // namespace

result<rows> exact_answer(const trimmed_plan& p, source& from, const bounds& within) {
  const plan& what = p.what();
  engine core(what, {.filters = std::vector<bool>(what.filters.size(), true)}, within);
  record_reader records(from, what.catalog);
  auto ran = gather(p, records, within,
                    [&](std::span<const value> paths) { return core.take(paths); });
  if (!ran) return passed(ran);
  return core.finish();
}

}  // namespace guanxi::query::columns
