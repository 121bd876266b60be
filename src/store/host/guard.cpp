#include "guanxi/store/host.hpp"

#include "inquiry.hpp"
#include "requesting.hpp"
#include "row.hpp"

#include "guanxi/base/text_services.hpp"

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <utility>

namespace guanxi::store {

namespace {

using host_row::asked;
using row = std::vector<value>;

/// Whether a store may answer with this code; others speak of what it cannot know.
bool of_a_store(errc code) {
  switch (code) {
    case errc::duplicate:
    case errc::conflict:
    case errc::file_missing:
    case errc::not_a_database:
    case errc::newer_schema:
    case errc::store_full:
    case errc::store_io:
    case errc::store_corrupt:
    case errc::busy:
    case errc::read_only:
    case errc::unsupported:
    case errc::interrupted:
    case errc::limit:
    case errc::out_of_memory:
    case errc::misuse:
    case errc::internal: return true;
    default: return false;
  }
}

class guard final : public driver, public host_row::requesting {
 public:
  guard(std::unique_ptr<host> own, bool read_only, std::shared_ptr<const text_services> text)
      : host_(std::move(own)),
        offers_(host_->offers()),
        name_(host_->name()),
        read_only_(read_only),
        text_(std::move(text)) {}

  std::string_view name() const noexcept override { return name_; }
  bool transactional() const noexcept override { return offers_.transactions; }
  bool entered() const noexcept override { return inside_ == std::this_thread::get_id(); }

  result<bool> get(const schema::entity& of, id key, view at, schema::record& into) override;
  result<void> put(const schema::record& r, std::int64_t expected_revision) override;
  result<void> replace(const schema::record& before, const schema::record& after) override;
  result<void> erase(const schema::entity& of, id key) override;
  result<void> scan(const schema::catalog_ptr& catalog, const schema::entity& of, id after,
                    std::size_t at_most, view at,
                    const std::function<result<bool>(const schema::record&)>& visit) override;
  result<void> put_all(std::span<const schema::record> fresh) override;
  result<void> migrate(const schema::catalog& to, std::span<const schema::step> steps) override;

  query::pushdown consider(const query::trimmed_plan& p) override;
  result<void> execute(const query::fragment& f, view at, const query::bounds& within,
                       const query::row_sink& sink) override;
  result<void> describe(const query::fragment& f, view at, const query::bounds& within,
                        std::vector<std::string>& into) override;
  bool plans() const noexcept override { return offers_.plans; }
  result<plan_answer> said_to(const schema::entity& of, const request& asked) override;
  result<std::vector<schema::record>> found(const schema::catalog_ptr& catalog,
                                            const schema::entity& of,
                                            const request& asked) override;

  result<void> begin() override;
  result<void> commit() override;
  result<void> rollback() override;
  result<void> savepoint(int level) override;
  result<void> release(int level) override;
  result<void> rollback_to(int level) override;

 private:
  struct written {
    const schema::entity* of;
    id key;
    row before;  ///< empty: there was none
  };
  struct mark {
    int level;
    std::size_t undo;  ///< length of undo_ at the savepoint
  };

  /// A plan as the store is asked about it, and what it said.
  struct considered {
    host_row::inquiry what;
    plan_answer said;
  };
  class found_rows;

  template <class Work>
  result<void> call(std::string_view function, const schema::entity* of, id key, Work&& work);
  template <class Work>
  result<void> write_call(std::string_view function, const schema::entity* of, id key, Work&& work);
  result<row> fetch(const schema::entity& of, id key);
  result<void> write(const schema::entity& of, std::span<const value> r, std::int64_t expected);
  result<void> forget(const schema::entity& of, id key);
  result<std::vector<row>> page(const schema::entity& of, id after, std::size_t at_most);
  result<void> widen(const schema::entity& of, std::uint16_t slot, std::size_t length);
  result<considered> ask(const query::trimmed_plan& p);
  bool remembers() const noexcept { return !marks_.empty(); }
  asked asking(std::string_view function) const noexcept { return {name_, function}; }

  std::unique_ptr<host> host_;
  const host::offer offers_;
  const std::string name_;
  const bool read_only_;
  const std::shared_ptr<const text_services> text_;
  std::optional<result<considered>> last_;  ///< of the plan that is about to be run
  std::atomic<std::thread::id> inside_{};
  std::vector<written> undo_;  ///< what writes since the first savepoint replaced
  std::vector<mark> marks_;
};

/// Lets the host's code run: nothing that it calls on this thread may come back in, and what it
/// answers is a code that a store may give.
template <class Work>
result<void> guard::call(std::string_view function, const schema::entity* of, id key,
                         Work&& work) {
  if (entered())
    return unexpected(errc::misuse, "a function of the store " + in_backticks(name_) +
                                        " called the library on its own tenant; nothing was done");
  inside_ = std::this_thread::get_id();
  struct leave {
    std::atomic<std::thread::id>& inside;
    ~leave() { inside = std::thread::id(); }
  } const leaving{inside_};
  result<void> done = work();
  if (done) return done;
  error why = std::move(done.error());
  if (!of_a_store(why.code())) {
    const std::string words = why.message().empty() ? "" : ": " + std::string(why.message());
    why = error(errc::store_io, "the store " + in_backticks(name_) + " answered `" +
                                    std::string(function) + "` with the code " +
                                    std::to_string(static_cast<std::int32_t>(why.code())) +
                                    ", which no store may give" + words)
              .with_store_code(static_cast<std::int32_t>(why.code()));
  } else if (why.message().empty()) {
    why.set_message("the store " + in_backticks(name_) + " could not do `" +
                    std::string(function) + "`, and did not say why");
  }
  if (of && why.entity().empty()) why.in_entity(of->name());
  if (key && why.record() == 0) why.of_record(key.value);
  return unexpected(std::move(why));
}

template <class Work>
result<void> guard::write_call(std::string_view function, const schema::entity* of, id key,
                               Work&& work) {
  if (read_only_)
    return unexpected(errc::read_only, "nothing was written, since the store was opened to be read "
                                       "only; open it for writing");
  return call(function, of, key, std::forward<Work>(work));
}

/// A row as it is stored, of whatever length; empty if there is none.
result<row> guard::fetch(const schema::entity& of, id key) {
  row found;
  bool came = false;
  result<void> fault;
  const row_taker take = [&](std::span<const value> given) -> result<bool> {
    if (came) fault = host_row::refused(asking("get"), of, key, "more than one row");
    else if (host_row::key_of(given) != key)
      fault = host_row::refused(asking("get"), of, key,
                                "a row of another id than " + std::to_string(key.value));
    came = true;
    if (!fault) return unexpected(fault.error());
    found.assign(given.begin(), given.end());
    return false;
  };
  if (auto ok = call("get", &of, key, [&] { return host_->get(of, key, take); }); !ok && fault)
    return passed(ok);
  if (!fault) return passed(fault);
  return found;
}

result<bool> guard::get(const schema::entity& of, id key, view, schema::record& into) {
  result<row> found = fetch(of, key);
  if (!found) return passed(found);
  if (found->empty()) return false;
  if (auto ok = host_row::fill(*found, into, asking("get")); !ok) return passed(ok);
  return true;
}

/// The rows above an id, with their ids and order checked.
result<std::vector<row>> guard::page(const schema::entity& of, id after, std::size_t at_most) {
  std::vector<row> out;
  result<void> fault;
  id last = after;
  const row_taker take = [&](std::span<const value> given) -> result<bool> {
    const id key = host_row::key_of(given);
    if (out.size() == at_most)
      fault = host_row::refused(asking("scan"), of, key,
                                "more than the " + std::to_string(at_most) + " rows asked for");
    else if (!key)
      fault = host_row::refused(asking("scan"), of, key, "a row without an id in slot 0");
    else if (key <= last)
      fault = host_row::refused(asking("scan"), of, key,
                                "id " + std::to_string(key.value) + " after id " +
                                    std::to_string(last.value) + "; ids must rise");
    if (!fault) return unexpected(fault.error());
    last = key;
    out.emplace_back(given.begin(), given.end());
    return out.size() < at_most;
  };
  if (at_most == 0) return out;
  auto ok = call("scan", &of, {}, [&] { return host_->scan(of, after, at_most, take); });
  if (!fault) return passed(fault);
  if (!ok) return passed(ok);
  return out;
}

result<void> guard::scan(const schema::catalog_ptr& catalog, const schema::entity& of, id after,
                         std::size_t at_most, view,
                         const std::function<result<bool>(const schema::record&)>& visit) {
  // The page is read out first, so that a visitor may read in turn.
  result<std::vector<row>> rows = page(of, after, at_most);
  if (!rows) return passed(rows);
  for (const row& each : *rows) {
    schema::record r(catalog, of);
    if (auto ok = host_row::fill(each, r, asking("scan")); !ok) return ok;
    result<bool> more = visit(r);
    if (!more) return passed(more);
    if (!*more) break;
  }
  return {};
}

result<void> guard::write(const schema::entity& of, std::span<const value> r,
                          std::int64_t expected) {
  return write_call("put", &of, host_row::key_of(r), [&] { return host_->put(of, r, expected); });
}

result<void> guard::forget(const schema::entity& of, id key) {
  return write_call("erase", &of, key, [&] { return host_->erase(of, key); });
}

result<void> guard::put(const schema::record& r, std::int64_t expected_revision) {
  if (!remembers()) return write(r.of(), r.slots(), expected_revision);
  row before;
  if (expected_revision != 0) {
    result<row> stored = fetch(r.of(), r.key());
    if (!stored) return passed(stored);
    before = std::move(*stored);
  }
  if (auto ok = write(r.of(), r.slots(), expected_revision); !ok) return ok;
  undo_.push_back({&r.of(), r.key(), std::move(before)});
  return {};
}

result<void> guard::replace(const schema::record& before, const schema::record& after) {
  if (auto ok = write(after.of(), after.slots(), before.revision()); !ok) return ok;
  if (remembers())
    undo_.push_back({&after.of(), after.key(), row(before.slots().begin(), before.slots().end())});
  return {};
}

result<void> guard::erase(const schema::entity& of, id key) {
  if (!remembers()) return forget(of, key);
  result<row> before = fetch(of, key);
  if (!before) return passed(before);
  if (auto ok = forget(of, key); !ok) return ok;
  if (!before->empty()) undo_.push_back({&of, key, std::move(*before)});
  return {};
}

result<void> guard::put_all(std::span<const schema::record> fresh) {
  if (fresh.empty()) return {};
  // Noted before: after an error any of them may be there. Erasing one that is not is no error.
  if (remembers())
    for (const schema::record& r : fresh) undo_.push_back({&r.of(), r.key(), {}});
  return write_call("put_all", &fresh.front().of(), {}, [&] { return host_->put_all(fresh); });
}

result<void> guard::migrate(const schema::catalog& to, std::span<const schema::step> steps) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const schema::step& s = steps[i];
    const schema::entity& of = *to.find(s.entity);
    result<void> done;
    if (offers_.migrations) {
      done = write_call("migrate", &of, {}, [&] { return host_->migrate(of, s); });
    } else if (s.what == schema::step::kind::add_field) {
      const auto more = std::count_if(steps.begin() + static_cast<std::ptrdiff_t>(i), steps.end(),
                                      [&](const auto& later) { return later.entity == s.entity; });
      done = widen(of, s.slot, of.slots() - static_cast<std::size_t>(more));
    }
    if (!done) return done;
  }
  return {};
}

/// Gives the rows of `length` values a null at `slot`. Longer ones have it already: a store without
/// transactions may have been stopped on the way.
result<void> guard::widen(const schema::entity& of, std::uint16_t slot, std::size_t length) {
  constexpr std::size_t at_once = 500;
  for (id after;;) {
    result<std::vector<row>> rows = page(of, after, at_once);
    if (!rows) return passed(rows);
    for (row& each : *rows) {
      after = host_row::key_of(each);
      if (each.size() != length || slot > length) continue;
      const std::int64_t revision = host_row::revision_of(each);
      each.insert(each.begin() + slot, value());
      if (auto ok = write(of, each, revision); !ok) return ok;
    }
    if (rows->size() < at_once) return {};
  }
}

result<void> guard::begin() {
  undo_.clear();
  marks_.clear();
  if (!offers_.transactions) return {};
  return call("begin", nullptr, {}, [&] { return host_->begin(); });
}

result<void> guard::commit() {
  if (!offers_.transactions) return {};
  return call("commit", nullptr, {}, [&] { return host_->commit(); });
}

result<void> guard::rollback() {
  undo_.clear();
  marks_.clear();
  if (!offers_.transactions) return {};
  return call("rollback", nullptr, {}, [&] { return host_->rollback(); });
}

result<void> guard::savepoint(int level) {
  if (!offers_.transactions) return {};
  if (offers_.savepoints)
    return call("savepoint", nullptr, {}, [&] { return host_->savepoint(level); });
  marks_.push_back({level, undo_.size()});
  return {};
}

result<void> guard::release(int level) {
  if (!offers_.transactions) return {};
  if (offers_.savepoints) return call("keep", nullptr, {}, [&] { return host_->keep(level); });
  std::erase_if(marks_, [&](const mark& m) { return m.level >= level; });
  if (marks_.empty()) undo_.clear();
  return {};
}

result<void> guard::rollback_to(int level) {
  if (!offers_.transactions) return {};
  if (offers_.savepoints) return call("undo", nullptr, {}, [&] { return host_->undo(level); });
  const auto at = std::find_if(marks_.begin(), marks_.end(),
                               [&](const mark& m) { return m.level == level; });
  if (at == marks_.end()) return {};
  for (; undo_.size() > at->undo; undo_.pop_back()) {
    const written& w = undo_.back();
    if (w.before.empty()) {
      if (auto ok = forget(*w.of, w.key); !ok) return ok;
      continue;
    }
    result<row> now = fetch(*w.of, w.key);
    if (!now) return passed(now);
    const std::int64_t expected = now->empty() ? 0 : host_row::revision_of(*now);
    if (auto ok = write(*w.of, w.before, expected); !ok) return ok;
  }
  marks_.erase(at + 1, marks_.end());
  return {};
}

// ---- plans ------------------------------------------------------------------------------------

result<plan_answer> guard::said_to(const schema::entity& of, const request& asked) {
  plan_answer said;
  said.terms.assign(asked.terms.size(), query::verdict::unsupported);
  if (auto ok = call("plan", &of, {}, [&] { return host_->plan(of, asked, said); }); !ok)
    return passed(ok);
  if (said.terms.size() != asked.terms.size())
    return host_row::refused(asking("plan"), of, {},
                             std::to_string(said.terms.size()) + " verdicts for " +
                                 std::to_string(asked.terms.size()) + " terms");
  for (const query::verdict v : said.terms)
    if (v > query::verdict::exact)
      return host_row::refused(asking("plan"), of, {}, "a verdict that is none");
  return said;
}

result<std::vector<schema::record>> guard::found(const schema::catalog_ptr& catalog,
                                                 const schema::entity& of, const request& asked) {
  std::vector<schema::record> out;
  result<void> fault;
  const auto refuse = [&](id key, const std::string& what) {
    fault = host_row::refused(asking("execute"), of, key, what);
  };
  const row_taker take = [&](std::span<const value> given) -> result<bool> {
    const id key = host_row::key_of(given);
    schema::record r(catalog, of);
    if (out.size() == asked.limit)
      refuse(key, "more than the " + std::to_string(asked.limit) + " rows asked for");
    else if (!key) refuse(key, "a row without an id in slot 0");
    else if (auto ok = host_row::fill(given, r, asking("execute")); !ok) fault = ok;
    else if (asked.sort.empty() && key <= asked.after)
      refuse(key, "id " + std::to_string(key.value) + ", and ids above " +
                      std::to_string(asked.after.value) + " were asked for");
    else if (!out.empty() && !stands_before(asked.sort, out.back().slots(), r.slots()))
      refuse(key, "id " + std::to_string(key.value) + " after id " +
                      std::to_string(out.back().key().value) + ", which is not the order by " +
                      in_words(asked.sort));
    if (!fault) return unexpected(fault.error());
    out.push_back(std::move(r));
    return out.size() < asked.limit;
  };
  auto ok = call("execute", &of, {}, [&] { return host_->execute(of, asked, take); });
  if (!fault) return passed(fault);
  if (!ok) return passed(ok);
  return out;
}

/// A plan is considered, and then run or described: the store is asked about it once.
result<guard::considered> guard::ask(const query::trimmed_plan& p) {
  std::optional<result<considered>> known = std::exchange(last_, std::nullopt);
  if (known && !*known) return std::move(*known);
  considered out{host_row::inquiry_for(p, text_.get()), {}};
  if (known && (*known)->what.of == out.what.of && (*known)->what.wanted == out.what.wanted) {
    out.said = std::move((*known)->said);
    return out;
  }
  result<plan_answer> said = said_to(*out.what.of, out.what.wanted);
  if (!said) return passed(said);
  out.said = std::move(*said);
  return out;
}

query::pushdown guard::consider(const query::trimmed_plan& p) {
  if (!offers_.plans) return {};
  for (std::size_t j = 0; j < p.what().joins.size(); ++j)
    if (host_row::goes_by_children(p.guard(j))) return {};
  query::pushdown out{.runs = true, .filters = {}};
  last_.reset();
  result<considered> c = ask(p);
  if (c && !host_row::is_worth(host_row::to_execute(c->what, c->said))) return {};
  if (c) out.filters = host_row::verdicts_of_filters(c->what, c->said);
  last_ = std::move(c);  // running it can say what is wrong
  return out;
}

/// The rows that the store finds for a plan, each held against what the store said of them.
class guard::found_rows final : public query::record_source {
 public:
  found_rows(guard& by, const considered& c, const schema::catalog_ptr& catalog,
             const query::bounds& within)
      : by_(by), taken_(host_row::to_execute(c.what, c.said)), catalog_(catalog),
        within_(within) {}

  result<void> scan(const schema::entity& of, query::standing which,
                    const std::function<result<bool>(const schema::record&)>& visit) override {
    constexpr std::size_t at_once = 1000;
    request page = taken_.what;
    const std::size_t wanted = page.limit;
    const bool sorted = !page.sort.empty();
    for (std::size_t given = 0;;) {
      if (auto ok = within_.check(); !ok) return ok;
      if (!sorted) page.limit = wanted == 0 ? at_once : std::min(at_once, wanted - given);
      auto rows = by_.found(catalog_, of, page);
      if (!rows) return passed(rows);
      for (const schema::record& r : *rows) {
        result<bool> in = belongs(r, which);
        if (!in) return passed(in);
        if (!*in) continue;
        result<bool> more = visit(r);
        if (!more) return passed(more);
        if (!*more) return {};
      }
      given += rows->size();
      if (sorted || rows->size() < page.limit || given == wanted) return {};
      page.after = rows->back().key();
    }
  }

  result<schema::record> get(const schema::entity& of, id key) override {
    schema::record r(catalog_, of);
    result<bool> there = by_.get(of, key, view::committed, r);
    if (!there) return passed(there);
    return *there && !r.deleted() ? std::move(r) : schema::record();
  }

 private:
  guard& by_;
  const host_row::taken taken_;
  const schema::catalog_ptr& catalog_;
  const query::bounds& within_;

  result<bool> belongs(const schema::record& r, query::standing which) const {
    for (std::size_t t = 0; t < taken_.what.terms.size(); ++t) {
      const term& each = taken_.what.terms[t];
      if (passes(each, r.slots(), by_.text_.get())) continue;
      if (!taken_.exact[t]) return false;
      unexpected why = host_row::refused(by_.asking("execute"), r.of(), r.key(),
                                         "a row for which " + in_words(each) +
                                             " does not hold, though `plan` called it exact");
      why.error().in_field(each.of->name);
      return why;
    }
    return query::among(which, r.deleted(), r.archived());
  }
};

result<void> guard::execute(const query::fragment& f, view, const query::bounds& within,
                            const query::row_sink& sink) {
  const query::trimmed_plan& p = *f.plan;
  if (p.guard(0).how_far == policy::reach::extent::none) return {};
  result<considered> c = ask(p);
  if (!c) return passed(c);
  found_rows rows(*this, *c, p.what().catalog, within);
  return query::gather(p, rows, within, sink);
}

result<void> guard::describe(const query::fragment& f, view, const query::bounds&,
                             std::vector<std::string>& into) {
  result<considered> c = ask(*f.plan);
  if (!c) return passed(c);
  for (std::size_t t = 0; t < c->said.terms.size(); ++t)
    into.push_back(std::string(query::name(c->said.terms[t])) + ": " +
                   in_words(c->what.wanted.terms[t]));
  const request does = host_row::to_execute(c->what, c->said).what;
  const std::string rows = "rows of `" + std::string(c->what.of->name()) + "` by " +
                           in_words(does.sort);
  into.push_back(does.limit > 0 ? "at most " + std::to_string(does.limit) + " " + rows : rows);
  return {};
}

}  // namespace

std::unique_ptr<driver> guarded(std::unique_ptr<host> own, bool read_only,
                                std::shared_ptr<const text_services> text) {
  return std::make_unique<guard>(std::move(own), read_only, std::move(text));
}

}  // namespace guanxi::store
