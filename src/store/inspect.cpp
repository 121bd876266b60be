#include "inspect.hpp"

#include "guanxi/base/json.hpp"
#include "guanxi/store/store.hpp"
#include "shown_path.hpp"

#include <filesystem>
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

result<schema::catalog_ptr> stored_catalog(driver& d, const schema::catalog_ptr& system) {
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
  return schema::catalog::compile(all);
}

result<std::int64_t> last_change(driver& d, const schema::catalog_ptr& catalog) {
  schema::record row(catalog, *catalog->find(system_table::meta.name));
  result<bool> there = d.get(row.of(), meta_next_change, view::committed, row);
  if (!there) return passed(there);
  return *there ? row.at(system_table::meta["number"].slot).as_integer() - 1 : std::int64_t{0};
}

namespace {

/// What cannot be read is a finding of the log; want of memory is an error.
result<void> unreadable(const error& why, inspection& into) {
  if (why.code() == errc::out_of_memory) return unexpected(why);
  into.found({part::log, std::string(system_table::change.name), {}, std::string(why.message())});
  return {};
}

/// The log's sequences rise, and none has come that was not given out.
result<void> inspect_log(driver& d, const schema::catalog_ptr& catalog, inspection& into) {
  result<std::int64_t> last = last_change(d, catalog);
  if (!last) return unreadable(last.error(), into);
  into.result().sequence = *last;
  const schema::entity& log = *catalog->find(system_table::change.name);
  id before;
  std::uint64_t seen = 0;
  auto read = each(d, catalog, log, [&](const schema::record& r) -> result<bool> {
    const auto wrong = [&](const char* how) {
      into.found({part::log, std::string(log.name()), r.key(),
                  "the entry " + std::to_string(r.key().value) + " of the change log " + how});
    };
    if (r.key() <= before) wrong("comes after a later one");
    if (r.key().value > *last) wrong("has a number that was not given out yet");
    before = r.key();
    constexpr std::uint64_t asked_every = 1000;
    if (++seen % asked_every == 0 && !into.on()) return unexpected(stopped());
    return true;
  });
  if (read || read.error().code() == errc::interrupted) return read;
  return unreadable(read.error(), into);
}

}  // namespace

result<void> inspect(driver& d, const schema::catalog_ptr& system, inspection& into) {
  result<schema::catalog_ptr> catalog = stored_catalog(d, system);
  if (!catalog) {
    if (catalog.error().code() == errc::out_of_memory) return passed(catalog);
    into.found({part::file, "gx_definition", {}, std::string(catalog.error().message())});
    return {};
  }
  if (auto ok = d.verify(**catalog, into); !ok) return ok;
  return inspect_log(d, *catalog, into);
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
