#include "guanxi/edge/batch.hpp"

#include "arrow_reader.hpp"

#include <new>
#include <utility>

namespace guanxi::edge {
namespace {

constexpr std::size_t rows_per_report = 100;

result<id> put(session& into, const put_row& row, const std::string& cause) {
  if (!row.what)
    return unexpected(errc::invalid_argument, "a row has no draft; say what it writes");
  result<record> done =
      row.key ? into.change(row.key, *row.what, 0, cause) : into.create(*row.what, cause);
  if (!done) return passed(done);
  return done->key();
}

/// What is written whole: in a transaction of its own, or since a savepoint of the open one. Undone
/// unless it is kept; a callback of the host may throw.
class batch_of {
 public:
  explicit batch_of(session& of) : of_(of) {}
  batch_of(const batch_of&) = delete;
  batch_of& operator=(const batch_of&) = delete;
  ~batch_of() {
    if (!open_ || !of_.in_transaction()) return;
    // Why the batch failed is what counts. Half of it may not stay in the open transaction, so one
    // that cannot go back to the savepoint, for want of memory, ends.
    try {
      if (savepoint_ && of_.rollback_to(savepoint_)) {
        static_cast<void>(of_.release(savepoint_));
        return;
      }
    } catch (const std::bad_alloc&) {
    }
    try {
      if (of_.in_transaction()) static_cast<void>(of_.rollback());
    } catch (const std::bad_alloc&) {
    }
  }

  result<void> begin() {
    if (of_.in_transaction()) {
      result<int> at = of_.savepoint();
      if (!at) return passed(at);
      savepoint_ = *at;
    } else if (auto ok = of_.begin(); !ok) {
      return ok;
    }
    open_ = true;
    return {};
  }
  result<void> keep() {
    auto kept = savepoint_ ? of_.release(savepoint_) : of_.commit();
    open_ = !kept;
    return kept;
  }

 private:
  session& of_;
  int savepoint_ = 0;
  bool open_ = false;
};

/// Tells of rows now and then, and marks errors with theirs.
class row_count {
 public:
  row_count(const progress& told, std::size_t total) : told_(told), total_(total) {}
  result<void> next() {
    const bool due = done_ % rows_per_report == 0;
    if (due && told_ && !told_(done_, total_))
      return unexpected(errc::interrupted, "the batch was cancelled; nothing was written");
    ++done_;
    return {};
  }
  unexpected failed(error why) const {
    why.at_line(static_cast<std::int64_t>(done_));
    return unexpected(std::move(why));
  }

 private:
  const progress& told_;
  std::uint64_t total_, done_ = 0;
};

/// Where a table's columns go.
struct destination {
  std::size_t id = none, revision = none;
  static constexpr std::size_t none = ~std::size_t{0};
};

result<destination> destination_of(const std::vector<std::string>& columns) {
  destination out;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j)
      if (columns[j] == columns[i])
        return unexpected(error(errc::duplicate, "there are two columns " +
                                                     in_backticks(columns[i]) + "; drop one")
                              .in_field(columns[i]));
    if (columns[i] == "id") out.id = i;
    if (columns[i] == "revision") out.revision = i;
  }
  return out;
}

/// An id or a revision of a row; 0 for null or no such column.
result<std::int64_t> number_at(const arrow_reader& from, std::size_t column, std::size_t row) {
  if (column == destination::none) return std::int64_t{0};
  result<value> v = from.at(column, row);
  if (!v) return passed(v);
  if (v->is_null()) return std::int64_t{0};
  if (v->type() != value_type::integer || v->as_integer() < 1)
    return unexpected(error(errc::invalid_argument, "`" + from.columns()[column] +
                                                        "` is a whole number above 0, or null")
                          .in_field(from.columns()[column]));
  return v->as_integer();
}

result<id> put_row_of(session& into, const schema::draft& empty, const arrow_reader& from,
                      const destination& to, std::size_t row, const std::string& cause) {
  result<std::int64_t> key = number_at(from, to.id, row);
  if (!key) return passed(key);
  result<std::int64_t> revision = number_at(from, to.revision, row);
  if (!revision) return passed(revision);
  schema::draft d = empty;
  for (std::size_t column = 0; column < from.columns().size(); ++column) {
    if (column == to.id || column == to.revision) continue;
    result<value> v = from.at(column, row);
    if (!v) return passed(v);
    if (*key || !v->is_null()) d.set(from.columns()[column], std::move(*v));
  }
  result<record> done = *key ? into.change(id{*key}, d, *revision, cause) : into.create(d, cause);
  if (!done) return passed(done);
  return done->key();
}

}  // namespace

result<std::vector<id>> put_many(session& into, std::span<const put_row> rows,
                                 const put_options& options) {
  batch_of whole(into);
  if (auto ok = whole.begin(); !ok) return passed(ok);
  std::vector<id> out;
  out.reserve(rows.size());
  row_count count(options.on_progress, rows.size());
  for (const put_row& row : rows) {
    if (auto ok = count.next(); !ok) return passed(ok);
    result<id> key = put(into, row, options.cause);
    if (!key) return count.failed(std::move(key.error()));
    out.push_back(*key);
  }
  if (auto ok = whole.keep(); !ok) return passed(ok);
  return out;
}

result<std::vector<id>> put_table(session& into, std::string_view entity, ArrowArrayStream& rows,
                                  const put_options& options) {
  result<arrow_reader> from = arrow_reader::open(rows);
  if (!from) return passed(from);
  result<destination> to = destination_of(from->columns());
  if (!to) return passed(to);
  batch_of whole(into);
  if (auto ok = whole.begin(); !ok) return passed(ok);
  result<schema::draft> empty = into.draft(entity);
  if (!empty) return passed(empty);
  std::vector<id> out;
  row_count count(options.on_progress, 0);
  for (;;) {
    result<bool> more = from->next();
    if (!more) return passed(more);
    if (!*more) break;
    for (std::size_t row = 0; row < from->rows(); ++row) {
      if (auto ok = count.next(); !ok) return passed(ok);
      result<id> key = put_row_of(into, *empty, *from, *to, row, options.cause);
      if (!key) return count.failed(std::move(key.error()));
      out.push_back(*key);
    }
  }
  if (options.on_keys) options.on_keys(out);
  if (auto ok = whole.keep(); !ok) return passed(ok);
  return out;
}

result<void> remove_many(session& from, std::string_view entity, std::span<const id> keys,
                         const put_options& options) {
  batch_of whole(from);
  if (auto ok = whole.begin(); !ok) return ok;
  row_count count(options.on_progress, keys.size());
  if (auto ok = count.next(); !ok) return ok;
  if (auto ok = from.remove(entity, keys, options.cause); !ok) {
    if (keys.size() == 1) ok.error().at_line(1);
    return ok;
  }
  return whole.keep();
}

result<std::vector<std::optional<record>>> get_many(const session& from, std::string_view entity,
                                                    std::span<const id> keys) {
  if (auto known = from.visible(entity); !known) return passed(known);
  std::vector<std::optional<record>> out;
  out.reserve(keys.size());
  for (const id key : keys) {
    result<record> found = from.get(entity, key);
    if (found) out.emplace_back(std::move(*found));
    else if (found.error().code() == errc::not_found) out.emplace_back();
    else return passed(found);
  }
  return out;
}

}  // namespace guanxi::edge
