#include "guanxi/store/memory.hpp"

#include "guanxi/base/text_services.hpp"
#include "reading.hpp"
#include "query/columns/lookup_cache.hpp"
#include "snapshot.hpp"
#include "verify.hpp"
#include "writer.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <numeric>
#include <string>
#include <utility>

namespace guanxi::store {

namespace {

using memory::contents;
using memory::moment;
using memory::no_row;
using memory::row_number;
using memory::table;

class memory_driver final : public driver {
 public:
  memory_driver(std::unique_ptr<contents> of, memory_options how)
      : contents_(std::move(of)), how_(std::move(how)) {}

  std::string_view name() const noexcept override { return "memory"; }
  bool transactional() const noexcept override { return true; }
  bool snapshots() const noexcept override { return true; }
  bool parallel_reads() const noexcept override { return true; }
  result<std::unique_ptr<reader>> open_reader() override;
  bool reshapes() const noexcept override { return true; }
  bool finds() const noexcept override { return true; }

  result<bool> get(const schema::entity& of, id key, view at, schema::record& into) override;
  result<void> put(const schema::record& r, std::int64_t expected_revision) override {
    if (how_.read_only) return refused();
    return writer_.put(r, expected_revision);
  }
  result<void> put_all(std::span<const schema::record> fresh) override {
    if (how_.read_only) return refused();
    return writer_.put_all(fresh);
  }
  result<void> erase(const schema::entity& of, id key) override {
    if (how_.read_only) return refused();
    writer_.erase(of, key);
    return {};
  }
  result<void> scan(const schema::catalog_ptr& catalog, const schema::entity& of, id after,
                    std::size_t at_most, view at,
                    const std::function<result<bool>(const schema::record&)>& visit) override;
  result<void> migrate(const schema::catalog& to, std::span<const schema::step> steps) override {
    if (how_.read_only) return refused();
    return writer_.migrate(to, steps);
  }

  result<void> begin() override {
    writer_.begin();
    return {};
  }
  result<void> commit() override {
    writer_.commit();
    return {};
  }
  result<void> rollback() override {
    writer_.rollback();
    return {};
  }
  result<void> savepoint(int level) override {
    writer_.savepoint(level);
    return {};
  }
  result<void> release(int level) override {
    writer_.release(level);
    return {};
  }
  result<void> rollback_to(int level) override {
    writer_.rollback_to(level);
    return {};
  }
  result<std::optional<id>> find(const schema::entity& of, std::uint16_t slot, const value& v,
                                 view at) override;
  query::pushdown consider(const query::trimmed_plan& p) override {
    // Columns take every plan whole.
    return {.runs = true,
            .filters = std::vector(p.what().filters.size(), query::verdict::exact),
            .aggregate = true,
            .sort = true,
            .limit = true,
            .fills = true};
  }
  result<void> answer(const query::fragment& f, view at, const query::bounds& within,
                      query::rows& into) override;
  result<void> describe(const query::fragment& f, view, const query::bounds& within,
                        std::vector<std::string>& into) override {
    memory::committed_source from(*contents_, &lookups_);
    into.push_back(query::columns::described(*f.plan, from, within));
    return {};
  }
  result<void> save(std::string_view path) override;
  result<void> verify(const schema::catalog& catalog, inspection& into) override {
    return memory::verify(*contents_, catalog, into);
  }
  result<void> copy_to(const std::string& path, const progress& told,
                       const std::function<result<void>(driver&)>& check) override;

 private:
  class look;
  class own_reader;
  static unexpected refused() {
    return unexpected(errc::read_only, "nothing was written, since the store was opened to be read "
                                       "only; open it for writing");
  }
  /// Of a read whose definitions are older than what it would read.
  static unexpected moved() {
    return unexpected(error(errc::busy, "the schema has changed since this was asked; ask again")
                          .set_retriable(true));
  }
  result<void> answer(const query::fragment& f, memory::committed_source& from,
                      const query::bounds& within, query::rows& into) {
    auto done = query::columns::answer(*f.plan, from, within, into);
    if (from.moved()) return moved();
    return done;
  }

  std::unique_ptr<contents> contents_;
  const memory_options how_;
  memory::writer writer_{*contents_};
  std::mutex save_mutex_;
  query::columns::lookup_cache lookups_{std::size_t{64} << 20};
  std::atomic<std::uint64_t> confirmed_ = 0;  ///< of the contents' reshapings
};

/// One short look at what is committed, now or at a moment that is kept; or at what the open
/// transaction has written, for which there is nothing to wait.
class memory_driver::look {
 public:
  look(const contents& of, view at, const memory::kept_moment* kept = nullptr)
      : in_(of), writing_(at == view::writing) {
    if (writing_) return;
    held_ = of.hold();
    at_ = kept ? kept->at() : of.committed();
  }

  /// The table of an entity, null if it has no records.
  result<const table*> of(const schema::entity& e) const {
    if (writing_) return in_.find(e);
    const memory::sight found = in_.seen(e, at_);
    if (found.moved) return moved();
    return found.table;
  }
  row_number rows(const table& t) const {
    return writing_ ? t.columns.rows() : in_.rows(t, at_);
  }
  row_number find(const table& t, id key) const {
    return writing_ ? t.columns.find(key) : in_.find(t, key, at_);
  }
  bool read(const table& t, row_number row, schema::record& into) const {
    if (!writing_) return in_.read(t, row, at_, into);
    t.columns.fill(row, into);
    return true;
  }
  result<bool> get(const schema::entity& of, id key, schema::record& into) const {
    result<const table*> t = this->of(of);
    if (!t) return passed(t);
    const row_number row = *t ? find(**t, key) : no_row;
    return row != no_row && read(**t, row, into);
  }
  void page(const table& t, const schema::catalog_ptr& catalog, const schema::entity& of, id after,
            std::size_t at_most, std::vector<schema::record>& into) const;
  id holder(const table& t, std::uint16_t slot, const value& v) const;

  /// Reads a page out first, so that a visitor may look in turn.
  static result<void> scan(const contents& in, view at, const memory::kept_moment* kept,
                           const schema::catalog_ptr& catalog, const schema::entity& of, id after,
                           std::size_t at_most,
                           const std::function<result<bool>(const schema::record&)>& visit) {
    std::vector<schema::record> page;
    {
      const look now(in, at, kept);
      result<const table*> t = now.of(of);
      if (!t) return passed(t);
      if (*t) now.page(**t, catalog, of, after, at_most, page);
    }
    for (const schema::record& r : page) {
      result<bool> more = visit(r);
      if (!more) return passed(more);
      if (!*more) break;
    }
    return {};
  }

 private:
  std::vector<std::pair<id, row_number>> erased_above(const table& t, id after,
                                                      row_number known) const;
  static id key_of(const table& t, row_number row) {
    const query::cells& ids = t.columns.column(schema::system_slot::id);
    return id{ids.integer(ids.code(row))};
  }
  value cell(const table& t, row_number row, std::uint16_t slot) const {
    return writing_ ? t.columns.column(slot).at(row) : in_.cell(t, row, slot, at_);
  }

  const contents& in_;
  bool writing_;
  moment at_ = 0;
  std::shared_lock<memory::gate> held_;
};

void memory_driver::look::page(const table& t, const schema::catalog_ptr& catalog,
                               const schema::entity& of, id after, std::size_t at_most,
                               std::vector<schema::record>& into) const {
  const row_number known = rows(t);
  const auto take = [&](row_number row) {
    if (!read(t, row, into.emplace_back(catalog, of))) into.pop_back();
  };
  const std::vector<std::pair<id, row_number>> erased = erased_above(t, after, known);
  auto gone = erased.begin();
  row_number row = t.columns.next(after);
  while (into.size() < at_most) {
    const id here = row == no_row ? id{} : key_of(t, row);
    if (gone != erased.end() && (row == no_row || gone->first < here)) {
      take(gone++->second);
      continue;
    }
    if (row == no_row) break;
    if (row < known) take(row);
    else if (t.columns.ordered() && gone == erased.end()) break;
    row = t.columns.next(here);
  }
}

/// Records that the open transaction has erased are still there for others, in their places.
std::vector<std::pair<id, row_number>> memory_driver::look::erased_above(const table& t, id after,
                                                                         row_number known) const {
  std::vector<std::pair<id, row_number>> out;
  if (writing_ || t.erasures == 0) return out;
  std::vector<row_number> changed;
  in_.past().changed(t, at_, changed);
  for (row_number row : changed) {
    if (row >= known || t.columns.live(row)) continue;
    const value key = cell(t, row, schema::system_slot::id);
    if (!key.is_null() && key.as_id() > after) out.emplace_back(key.as_id(), row);
  }
  std::sort(out.begin(), out.end());
  return out;
}

id memory_driver::look::holder(const table& t, std::uint16_t slot, const value& v) const {
  std::vector<row_number> rows;
  if (const query::field_index* index = t.columns.index(slot)) {
    index->collect({.low = &v, .high = &v}, false, no_row, nullptr, rows);
    if (!writing_) in_.past().changed(t, at_, rows);
  } else {
    rows.resize(t.columns.rows());
    std::iota(rows.begin(), rows.end(), row_number{0});
  }
  const row_number known = this->rows(t);
  for (row_number row : rows)
    if (row < known && cell(t, row, slot) == v &&
        cell(t, row, schema::system_slot::deletion_batch).is_null())
      return cell(t, row, schema::system_slot::id).as_id();
  return {};
}

result<bool> memory_driver::get(const schema::entity& of, id key, view at, schema::record& into) {
  return look(*contents_, at).get(of, key, into);
}

result<void> memory_driver::scan(
    const schema::catalog_ptr& catalog, const schema::entity& of, id after, std::size_t at_most,
    view at, const std::function<result<bool>(const schema::record&)>& visit) {
  return look::scan(*contents_, at, nullptr, catalog, of, after, at_most, visit);
}

/// Reads of one thread that may keep their moment.
class memory_driver::own_reader final : public reader, public driver {
 public:
  explicit own_reader(memory_driver& from) : from_(from), in_(*from.contents_) {}

  driver& on() noexcept override { return *this; }
  result<void> hold() override {
    const auto gate = in_.hold();
    kept_.emplace(in_);
    known_ = seen_ = in_.reshapings();
    return {};
  }
  void let_go() override { kept_.reset(); }
  // Between a commit that moves columns and the moment at which its catalog is everybody's, reads
  // come with the catalog of before.
  bool saw_news() const noexcept override { return seen_ > from_.confirmed_; }
  result<bool> look() override {
    { const seeing then(*this); }
    return saw_news();
  }
  void confirm() noexcept override {
    std::uint64_t known = from_.confirmed_;
    while (known < known_ && !from_.confirmed_.compare_exchange_weak(known, known_)) {}
  }

  std::string_view name() const noexcept override { return from_.name(); }
  result<bool> get(const schema::entity& of, id key, view at, schema::record& into) override {
    const seeing then(*this);
    return memory_driver::look(in_, at, now()).get(of, key, into);
  }
  result<void> scan(const schema::catalog_ptr& catalog, const schema::entity& of, id after,
                    std::size_t at_most, view at,
                    const std::function<result<bool>(const schema::record&)>& visit) override {
    const seeing then(*this);
    return memory_driver::look::scan(in_, at, now(), catalog, of, after, at_most, visit);
  }
  query::pushdown consider(const query::trimmed_plan& p) override { return from_.consider(p); }
  result<void> answer(const query::fragment& f, view at, const query::bounds& within,
                      query::rows& into) override {
    const seeing then(*this);
    if (!kept_) return from_.answer(f, at, within, into);
    memory::committed_source from(in_, &from_.lookups_, kept_->at());
    return from_.answer(f, from, within, into);
  }
  result<void> describe(const query::fragment& f, view at, const query::bounds& within,
                        std::vector<std::string>& into) override {
    return from_.describe(f, at, within, into);
  }
  result<void> put(const schema::record&, std::int64_t) override { return reads_only(); }
  result<void> erase(const schema::entity&, id) override { return reads_only(); }
  result<void> migrate(const schema::catalog&, std::span<const schema::step>) override {
    return reads_only();
  }

 private:
  /// Takes note of what a read has seen for certain, and what it may have seen.
  struct seeing {
    explicit seeing(own_reader& by) : by_(by) {
      if (!by_.kept_) by_.known_ = by_.in_.reshapings();
    }
    ~seeing() {
      if (!by_.kept_) by_.seen_ = by_.in_.reshapings();
    }
    seeing(const seeing&) = delete;
    seeing& operator=(const seeing&) = delete;
    own_reader& by_;
  };
  const memory::kept_moment* now() const noexcept { return kept_ ? &*kept_ : nullptr; }
  static unexpected reads_only() {
    return unexpected(errc::misuse, "nothing was written: a reader only reads");
  }
  memory_driver& from_;
  contents& in_;
  std::optional<memory::kept_moment> kept_;
  std::uint64_t known_ = 0, seen_ = 0;  ///< of the contents' reshapings, before a read and after
};

result<std::unique_ptr<reader>> memory_driver::open_reader() {
  return std::unique_ptr<reader>(new own_reader(*this));
}

result<std::optional<id>> memory_driver::find(const schema::entity& of, std::uint16_t slot,
                                              const value& v, view at) {
  if (at == view::writing) writer_.settle(of);
  const look now(*contents_, at);
  result<const table*> t = now.of(of);
  if (!t) return passed(t);
  const id found = *t ? now.holder(**t, slot, v) : id{};
  return found ? std::optional<id>(found) : std::nullopt;
}

result<void> memory_driver::answer(const query::fragment& f, view at, const query::bounds& within,
                                   query::rows& into) {
  if (at == view::writing) {
    memory::writing_source from(*contents_,
                                [this](const schema::entity& of) { writer_.settle(of); });
    return query::columns::answer(*f.plan, from, within, into);
  }
  memory::committed_source from(*contents_, &lookups_);
  return answer(f, from, within, into);
}

result<void> memory_driver::save(std::string_view path) {
  if (how_.read_only) return refused();
  const std::string to(path.empty() ? how_.path : path);
  if (to.empty())
    return unexpected(errc::invalid_argument, "nothing was saved, since the store was opened "
                                              "without a file; give a path");
  if (to.find('\0') != std::string::npos || utf8_fault(to))
    return unexpected(errc::invalid_argument, "a path must be UTF-8 text without NUL");
  const std::lock_guard one(save_mutex_);
  memory::system_calls calls;
  return memory::snapshot::save(*contents_, to, calls);
}

result<void> memory_driver::copy_to(const std::string& path, const progress& told,
                                    const std::function<result<void>(driver&)>& check) {
  memory::system_calls calls;
  if (told && !told(0, 0))
    return unexpected(errc::interrupted, "the copy was cancelled; nothing was kept of it");
  if (auto ok = memory::snapshot::save(*contents_, path, calls); !ok) return ok;
  auto copy = open_memory({.path = path, .create = false, .read_only = true});
  if (!copy) return passed(copy);
  return check(**copy);
}

}  // namespace

result<std::unique_ptr<driver>> open_memory(const memory_options& options) {
  auto inside = std::make_unique<contents>();
  if (!options.path.empty()) {
    auto file = memory::old_file::open(options.path);
    const bool begins = !file && file.error().code() == errc::file_missing && options.create &&
                        !options.read_only;
    if (!file && !begins) return passed(file);
    if (file)
      if (auto ok = memory::snapshot::load(*inside, *file); !ok) return passed(ok);
  }
  return std::unique_ptr<driver>(new memory_driver(std::move(inside), options));
}

}  // namespace guanxi::store
