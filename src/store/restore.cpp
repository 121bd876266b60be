#include "restore.hpp"

#include "beside.hpp"
#include "inspect.hpp"
#include "guanxi/store/memory.hpp"
#include "guanxi/store/sqlite.hpp"
#include "guanxi/store/store.hpp"
#include "shown_path.hpp"
#include "sqlite/keeping.hpp"
#include "stored.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace guanxi::store {

namespace {

constexpr id meta_epoch{4};

class restoring {
 public:
  restoring(const std::string& backup, const std::string& path, const restore_options& how,
            const environment& world)
      : backup_(backup), path_(path), how_(how), world_(world) {}
  result<backup_report> run();

 private:
  result<void> look();
  result<std::unique_ptr<driver>> opened(const std::string& path, bool read_only) const;
  result<backup_report> replaced(beside& copy, backup_report made);
  result<std::int64_t> epoch(driver& of, view at) const;
  result<void> raise_epoch(const std::string& copy, std::int64_t above) const;

  const std::string& backup_;
  const std::string& path_;
  const restore_options& how_;
  const environment& world_;
  content kind_ = content::nothing, there_ = content::nothing;
  schema::catalog_ptr system_;
};

/// Refuses what must not be read or written over.
result<void> restoring::look() {
  result<content> given = look_at(backup_), there = look_at(path_);
  if (!given) return passed(given);
  if (!there) return passed(there);
  kind_ = *given, there_ = *there;
  if (kind_ == content::nothing)
    return unexpected(errc::file_missing, "no file " + shown(backup_) + "; check the path");
  if (kind_ == content::other)
    return unexpected(errc::not_a_database, shown(backup_) + " is no backup of a store; nothing "
                                                             "was restored");
  std::error_code ignored;
  if (std::filesystem::equivalent(backup_, path_, ignored))
    return unexpected(errc::invalid_argument, "a backup cannot be restored over itself; give "
                                              "another path");
  if (there_ == content::nothing) return {};
  if (there_ != kind_)
    return unexpected(errc::duplicate, "nothing was restored, since " + shown(path_) +
                                           " is no store of this kind; move it away, or choose "
                                           "another path");
  if (!how_.overwrite)
    return unexpected(errc::duplicate, "nothing was restored, since there is a store " +
                                           shown(path_) + "; ask to overwrite it, or choose "
                                           "another path");
  return {};
}

result<std::unique_ptr<driver>> restoring::opened(const std::string& path, bool read_only) const {
  if (kind_ == content::memory_store)
    return open_memory({.path = path, .create = false, .read_only = read_only});
  return open_sqlite({.path = path, .create = false, .read_only = read_only}, world_);
}

result<std::int64_t> restoring::epoch(driver& of, view at) const {
  schema::record row(system_, *system_->find(system_table::meta.name));
  result<bool> there = of.get(row.of(), meta_epoch, at, row);
  if (!there) return passed(there);
  return *there ? stored_counter(row) : result<std::int64_t>(0);
}

/// Sessions that have the store open find other rules, so they must see that rules are others.
result<void> restoring::raise_epoch(const std::string& copy, std::int64_t above) const {
  auto d = opened(copy, false);
  if (!d) return passed(d);
  if (auto ok = (*d)->begin(); !ok) return ok;
  result<std::int64_t> own = epoch(**d, view::writing);
  if (!own) return passed(own);
  schema::record next(system_, *system_->find(system_table::meta.name));
  next.set(schema::system_slot::id, meta_epoch);
  next.set(system_table::meta["number"].slot, std::max(*own, above) + 1);
  if (auto ok = (*d)->put(next, *own ? 1 : 0); !ok) return ok;
  return (*d)->commit();
}

/// Over a SQLite store the copy goes in by one transaction of SQLite's, so that whoever has it open
/// goes on with the new content. One that cannot be opened nobody has open.
result<backup_report> restoring::replaced(beside& copy, backup_report made) {
  auto old = opened(path_, false);
  if (!old) {
    const errc why = old.error().code();
    if (why != errc::store_corrupt && why != errc::not_a_database) return passed(old);
    remove_with_side_files(path_);
    if (auto ok = copy.take_place(); !ok) return passed(ok);
    return made;
  }
  result<std::int64_t> before = epoch(**old, view::committed);
  old->reset();
  if (auto ok = raise_epoch(copy.path(), before.value_or(0)); !ok) return passed(ok);
  if (auto ok = sqlite::copy_over(copy.path(), path_, how_.on_progress); !ok) return passed(ok);
  return made;
}

result<backup_report> restoring::run() {
  if (auto ok = look(); !ok) return passed(ok);
  result<schema::catalog_ptr> system = schema::catalog::compile(system_definitions());
  if (!system) return passed(system);
  system_ = std::move(*system);
  result<beside> copy = beside::of(path_);
  if (!copy) return passed(copy);
  auto from = opened(backup_, true);
  if (!from) return passed(from);
  result<backup_report> made = checked_copy(**from, system_, copy->path(), how_.on_progress);
  if (!made) return made;
  if (how_.on_report) how_.on_report(*made);
  from->reset();
  if (kind_ == content::sqlite_store && there_ != content::nothing)
    return replaced(*copy, std::move(*made));
  if (auto ok = copy->take_place(); !ok) return passed(ok);
  return made;
}

}  // namespace

result<backup_report> restore(const std::string& backup, const std::string& path,
                              const restore_options& how, const environment& world) {
  return restoring(backup, path, how, world).run();
}

}  // namespace guanxi::store
