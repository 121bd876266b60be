#include "inspect.hpp"

#include "guanxi/schema/record.hpp"
#include "guanxi/store/change_entry.hpp"
#include "guanxi/store/store.hpp"
#include "shown_path.hpp"
#include "stored.hpp"

#include <filesystem>
#include <unordered_map>
#include <utility>

namespace guanxi::store {

namespace {

constexpr id meta_next_change{2};

error stopped() {
  return error(errc::interrupted, "the check was cancelled; nothing was changed");
}

/// Every record of an entity, whatever is left of it.
result<void> each(driver& d, const schema::catalog_ptr& catalog, const schema::entity& of,
                  const std::function<result<bool>(const schema::record&)>& visit) {
  constexpr std::size_t page = 1000;
  id after;
  for (bool more = true; more;) {
    std::size_t got = 0;
    const auto take = [&](const schema::record& r) -> result<bool> {
      ++got;
      after = r.key();
      result<bool> on = visit(r);
      more = on && *on;
      return on;
    };
    if (auto ok = d.scan(catalog, of, after, page, view::committed, take); !ok) return ok;
    more = more && got == page;
  }
  return {};
}

}  // namespace

result<schema::catalog_ptr> stored_catalog(driver& d, const schema::catalog_ptr& system,
                                           const schema::catalog_ptr& known) {
  const schema::entity& table = *system->find("gx_definition");
  const std::uint16_t slot = table.find("content")->slot;
  std::vector<schema::entity_definition> all;
  auto read = each(d, system, table, [&](const schema::record& r) -> result<bool> {
    result<schema::entity_definition> one = schema::entity_from_json(r.at(slot).to_string());
    if (!one)
      return unexpected(errc::store_corrupt, "a stored definition cannot be read: " +
                                                 std::string(one.error().message()));
    all.push_back(std::move(*one));
    return true;
  });
  if (!read) return passed(read);
  bool same = known && all.size() == known->entities().size();
  for (std::size_t i = 0; same && i < all.size(); ++i)
    same = all[i] == known->entities()[i]->definition();
  return same ? known : schema::catalog::compile(all);
}

result<std::int64_t> last_change(driver& d, const schema::catalog_ptr& catalog) {
  schema::record row(catalog, *catalog->find(system_table::meta.name));
  result<bool> there = d.get(row.of(), meta_next_change, view::committed, row);
  if (!there) return passed(there);
  result<std::int64_t> next = *there ? stored_counter(row) : result<std::int64_t>(1);
  if (!next) return next;
  return *next - 1;
}

namespace {

/// What cannot be read is a finding of the log; want of memory is an error.
result<void> unreadable(const error& why, inspection& into) {
  if (why.code() == errc::out_of_memory) return unexpected(why);
  into.found({part::log, std::string(system_table::change.name), {}, std::string(why.message())});
  return {};
}

/// The change log: each entry can be read, sequences rise, and the last entry of a record says what
/// the record holds.
class log_check {
 public:
  log_check(driver& d, schema::catalog_ptr catalog, inspection& into)
      : driver_(d), catalog_(std::move(catalog)),
        log_(*catalog_->find(system_table::change.name)), into_(into) {}
  result<void> run();

 private:
  void wrong(const finding& f) { into_.found(f); }
  void entry(const schema::record& r, std::int64_t last);
  result<void> compare(const schema::entity& of);
  result<void> compare(const schema::record& r, std::int64_t sequence);
  result<bool> on() {
    constexpr std::uint64_t asked_every = 1000;
    if (++seen_ % asked_every == 0 && !into_.on()) return unexpected(stopped());
    return true;
  }
  static std::string named(const schema::entity& of, id key) {
    return "`" + std::string(of.name()) + "` " + std::to_string(key.value);
  }

  driver& driver_;
  schema::catalog_ptr catalog_;
  const schema::entity& log_;
  inspection& into_;
  /// By entity number: the last entry of each record; 0 where the record is gone for good.
  std::vector<std::unordered_map<id, std::int64_t>> last_;
  id before_;
  std::uint64_t seen_ = 0;
};

/// Causes are of no interest here.
result<std::string> any_word(std::uint32_t) { return std::string("word"); }

void log_check::entry(const schema::record& r, std::int64_t last) {
  const auto complain = [&](const std::string& how) {
    wrong({part::log, std::string(log_.name()), r.key(),
           "the entry " + std::to_string(r.key().value) + " of the change log " + how});
  };
  if (r.key() <= before_) complain("comes after a later one");
  if (r.key().value > last) complain("has a number that was not given out yet");
  before_ = r.key();
  result<change_entry> e = unpacked(r, *catalog_, any_word);
  if (!e) return complain("cannot be read: " + std::string(e.error().message()));
  if (e->entity >= catalog_->entities().size()) return complain("is of no known entity");
  if (last_.size() <= e->entity) last_.resize(e->entity + 1u);
  last_[e->entity][e->record] = e->what == change_kind::purge ? 0 : e->sequence;
}

result<void> log_check::compare(const schema::record& r, std::int64_t sequence) {
  schema::record row(catalog_, log_);
  result<bool> there = driver_.get(log_, id{sequence}, view::committed, row);
  if (!there) return passed(there);
  result<change_entry> e = *there ? unpacked(row, *catalog_, any_word)
                                  : result<change_entry>(change_entry());
  if (!e) return {};  // which has been told already
  for (const field_change& c : e->fields) {
    const schema::field* f = r.of().numbered(c.field);
    // The owner's role follows the owner, and is not logged when it does.
    if (!f || f->slot == schema::system_slot::owner_role) continue;
    result<value> told = schema::fitted(*f, c.after);
    if (told && *told == r.at(f->slot)) continue;
    wrong({part::log, std::string(r.of().name()), r.key(),
           "`" + f->name + "` of " + named(r.of(), r.key()) +
               " is not what the change log says last, in entry " + std::to_string(sequence)});
  }
  return {};
}

result<void> log_check::compare(const schema::entity& of) {
  std::unordered_map<id, std::int64_t>& last = last_[of.number()];
  auto read = each(driver_, catalog_, of, [&](const schema::record& r) -> result<bool> {
    const auto known = last.find(r.key());
    if (known != last.end()) {
      if (known->second != 0)
        if (auto ok = compare(r, known->second); !ok) return passed(ok);
      last.erase(known);
    }
    return on();
  });
  if (!read) return read;
  for (const auto& [key, sequence] : last)
    if (sequence != 0)
      wrong({part::log, std::string(of.name()), key,
             named(of, key) + " is in the change log, and is not there"});
  last.clear();
  return {};
}

result<void> log_check::run() {
  const auto settled = [this](const result<void>& r) {
    return r || r.error().code() == errc::interrupted ? r : unreadable(r.error(), into_);
  };
  result<std::int64_t> last = last_change(driver_, catalog_);
  if (!last) return unreadable(last.error(), into_);
  into_.result().sequence = *last;
  auto read = settled(each(driver_, catalog_, log_, [&](const schema::record& r) -> result<bool> {
    entry(r, *last);
    return on();
  }));
  if (!read) return read;
  for (const auto& e : catalog_->entities())
    if (e->number() < last_.size() && !bare(*e))
      if (auto ok = settled(compare(*e)); !ok) return ok;
  return {};
}

}  // namespace

result<void> inspect(driver& d, const schema::catalog_ptr& system, inspection& into,
                     const schema::catalog_ptr& known,
                     const std::function<void(schema::catalog_ptr)>& keep) {
  result<schema::catalog_ptr> catalog = stored_catalog(d, system, known);
  if (!catalog) {
    if (catalog.error().code() == errc::out_of_memory) return passed(catalog);
    into.found({part::file, "gx_definition", {}, std::string(catalog.error().message())});
    return {};
  }
  if (keep && *catalog != known) keep(*catalog);
  if (auto ok = d.verify(**catalog, into); !ok) return ok;
  return log_check(d, *catalog, into).run();
}

result<backup_report> checked_copy(driver& from, const schema::catalog_ptr& system,
                                   const std::string& path, const progress& told) {
  backup_report out;
  const auto last_look = [&](driver& copy) -> result<void> {
    const verify_options how{.max_findings = 1, .on_progress = told};
    inspection into(how);
    if (auto ok = inspect(copy, system, into); !ok) return ok;
    const verification& v = into.result();
    if (!v.sound())
      return unexpected(error(errc::store_corrupt,
                              "no copy was made, since the store is damaged: " +
                                  v.findings.front().text +
                                  "; see what verify says, and salvage it")
                            .in_entity(v.findings.front().entity)
                            .of_record(v.findings.front().record.value));
    out.sequence = v.sequence;
    out.records = v.records;
    return {};
  };
  if (auto ok = from.copy_to(path, told, last_look); !ok) return passed(ok);
  std::error_code ignored;
  out.bytes = std::filesystem::file_size(path, ignored);
  return out;
}

}  // namespace guanxi::store
