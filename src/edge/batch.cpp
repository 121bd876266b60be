#include "guanxi/edge/batch.hpp"

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

result<std::vector<id>> put_all(session& into, std::span<const put_row> rows,
                                const put_options& options) {
  std::vector<id> out;
  out.reserve(rows.size());
  for (const put_row& row : rows) {
    const bool due = out.size() % rows_per_report == 0;
    if (due && options.on_progress && !options.on_progress(out.size(), rows.size()))
      return unexpected(errc::interrupted, "the batch was cancelled; nothing was written");
    result<id> key = put(into, row, options.cause);
    if (!key) {
      error why = key.error();
      why.at_line(static_cast<std::int64_t>(out.size()) + 1);
      return unexpected(std::move(why));
    }
    out.push_back(*key);
  }
  return out;
}

/// Undoes what a scope has begun, unless it was committed; a callback of the host may throw.
class open_transaction {
 public:
  explicit open_transaction(session& of) : of_(of) {}
  open_transaction(const open_transaction&) = delete;
  open_transaction& operator=(const open_transaction&) = delete;
  ~open_transaction() {
    if (!of_.in_transaction()) return;
    const result<void> undone = of_.rollback();
    static_cast<void>(undone);  // why the batch failed is what counts
  }

 private:
  session& of_;
};

}  // namespace

result<std::vector<id>> put_many(session& into, std::span<const put_row> rows,
                                 const put_options& options) {
  if (into.in_transaction())
    return unexpected(errc::misuse, "a batch is a transaction of its own; commit or roll back the "
                                    "open one first");
  if (result<void> begun = into.begin(); !begun) return passed(begun);
  const open_transaction guard(into);
  result<std::vector<id>> keys = put_all(into, rows, options);
  if (!keys) return keys;
  if (result<void> done = into.commit(); !done) return passed(done);
  return keys;
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
