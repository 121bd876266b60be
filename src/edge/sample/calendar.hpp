// The sample's days: which are busy, and where deals close.
#pragma once

#include "random.hpp"

#include "guanxi/base/time.hpp"

#include <span>
#include <vector>

namespace guanxi::edge::sample {

constexpr int years = 3;

date plus(date d, std::int64_t days) noexcept;
std::int64_t days_between(date from, date to) noexcept;

/// The first day of the Chinese year that begins in this Gregorian one.
date spring_festival(int year) noexcept;
/// Whether offices in China are closed around the Spring Festival.
bool festive(date d) noexcept;

/// The first day of the sample's years.
date first_day(date last) noexcept;

/// How many of n deals are opened on each day from `first` to `last`: the business grows, weekends
/// and holidays are quiet.
std::vector<std::int64_t> opened_by_day(date first, date last, std::int64_t n);

/// Where a deal that could close on this day does close: offices hurry at quarter ends and rest in
/// August and over the Spring Festival. Never before `earliest`.
date usual_close(date wished, date earliest, random& by);

/// A moment of the working day in China, at most `latest`.
instant working_hour(date d, instant latest, random& by);

/// Days that deals take, with a long tail.
std::int64_t cycle_days(random& by);

}  // namespace guanxi::edge::sample
