#include "guanxi/base/calendar.hpp"

#include <unicode/timezone.h>
#include <unicode/unistr.h>

#include <map>
#include <mutex>
#include <utility>

namespace guanxi {

namespace {

constexpr std::size_t max_zones = 256;  // kept; a host names few

class icu_zone final : public time_zone {
 public:
  explicit icu_zone(std::unique_ptr<icu::TimeZone> zone) : zone_(std::move(zone)) {}

  std::int64_t offset_at(instant at) const override {
    // Of the millisecond that the instant lies in; offsets change at whole ones.
    const std::int64_t us = at.microseconds;
    const std::int64_t ms = us / 1000 - (us % 1000 < 0 ? 1 : 0);
    std::int32_t raw = 0, saving = 0;
    UErrorCode status = U_ZERO_ERROR;
    zone_->getOffset(static_cast<UDate>(ms), false, raw, saving, status);
    return U_SUCCESS(status) ? (std::int64_t{raw} + saving) * 1000 : 0;
  }
  bool utc() const noexcept override { return false; }

 private:
  std::unique_ptr<icu::TimeZone> zone_;
};

class utc_zone final : public time_zone {
 public:
  std::int64_t offset_at(instant) const override { return 0; }
  bool utc() const noexcept override { return true; }
};

class icu_zones final : public time_zones {
 public:
  result<time_zone_ptr> find(std::string_view name) const override {
    if (name == "UTC") return time_zone_ptr(std::make_shared<utc_zone>());
    const std::lock_guard lock(mutex_);
    if (const auto known = known_.find(name); known != known_.end()) return known->second;
    // Names of the database alone: ICU also reads "GMT+8:30" and old names of three letters.
    const icu::UnicodeString id =
        icu::UnicodeString::fromUTF8({name.data(), static_cast<std::int32_t>(name.size())});
    std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(id));
    const bool listed = name.find('/') != std::string_view::npos && name.size() < 64;
    if (!zone || !listed || *zone == icu::TimeZone::getUnknown())
      return unexpected(errc::unknown_name,
                        "no time zone " + in_backticks(name) +
                            "; use a name such as `Asia/Shanghai`, `Europe/Paris` or `UTC`");
    time_zone_ptr made = std::make_shared<icu_zone>(std::move(zone));
    if (known_.size() < max_zones) known_.emplace(std::string(name), made);
    return made;
  }

 private:
  mutable std::mutex mutex_;
  mutable std::map<std::string, time_zone_ptr, std::less<>> known_;
};

}  // namespace

std::shared_ptr<const time_zones> make_time_zones() { return std::make_shared<icu_zones>(); }

}  // namespace guanxi
