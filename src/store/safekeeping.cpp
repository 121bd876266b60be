// The store's part of keeping: who waits for whom while it is checked or copied.
#include "beside.hpp"
#include "inspect.hpp"
#include "guanxi/store/store.hpp"
#include "shown_path.hpp"

#include <utility>

namespace guanxi::store {

result<void> store::hold_off_writers(read_lock& by) {
  if (auto ok = take_turn({}); !ok) return ok;
  by.write.reset(&turns_);
  return {};
}

result<verification> store::verify(const verify_options& how) {
  if (how.max_findings < 1 || how.max_findings > 1'000'000)
    return unexpected(errc::invalid_argument, "`max_findings` must be 1 to 1,000,000");
  inspection into(how);
  result<std::unique_ptr<driver>> now = driver_->open_check();
  if (!now) return passed(now);
  read_lock alone;
  if (!*now) {
    if (auto ok = hold_off_writers(alone); !ok) return passed(ok);
    if (!driver_->parallel_reads()) alone.read = std::unique_lock(read_mutex_);
  }
  const auto keep = [this](schema::catalog_ptr seen) {
    const std::lock_guard lock(catalog_mutex_);
    kept_.push_back(std::move(seen));
  };
  auto ok = *now ? inspect(**now, system_, into)
                 : inspect(*driver_, system_, into, catalog(), keep);
  if (!ok) return passed(ok);
  return std::move(into.result());
}

result<backup_report> store::backup(const std::string& path, const backup_options& how) {
  result<beside> to = beside::of(path);
  if (!to) return passed(to);
  result<content> there = look_at(path);
  if (!there) return passed(there);
  if (*there == content::other)
    return unexpected(errc::duplicate, "nothing was copied, since " + shown(path) +
                                           " is no backup of a store; choose another path");
  if (has_log_beside(path))
    return unexpected(errc::busy, "nothing was copied, since somebody has " + shown(path) +
                                      " open as a store; choose another path");
  read_lock alone;
  if (!driver_->snapshots()) {
    if (auto ok = hold_off_writers(alone); !ok) return passed(ok);
    alone.read = std::unique_lock(read_mutex_);
  }
  result<backup_report> made = checked_copy(*driver_, system_, to->path(), how.on_progress);
  if (!made) return made;
  if (how.on_report) how.on_report(*made);
  if (auto ok = to->take_place(); !ok) return passed(ok);
  return made;
}

}  // namespace guanxi::store
