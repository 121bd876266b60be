// What a simulated user does, one action after the other: drawn from the seed and the user's
// number alone, so that it is the same in every run, on every store and by any number of threads.
//
//   script s(seed, 17);
//   const action next = s.next();     // next.what == kind::own_list
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace guanxi::bench::load {

enum class kind : std::uint8_t {
  own_list,       ///< the newest 50 open opportunities of one's own
  team_list,      ///< the newest 50 opportunities within reach
  team_accounts,  ///< 50 accounts of those who have the same manager
  open_record,    ///< an opportunity with its account and newest activities, of one moment
  history,        ///< what happened to an opportunity
  log_activity,   ///< creates an activity
  move_stage,     ///< moves an opportunity on, guarded by the revision that was read
  change_field,   ///< writes what is to be done next, guarded likewise
  call_and_move,  ///< an activity and a changed opportunity in one transaction
  report,         ///< the open pipeline by stage
};
inline constexpr std::size_t kinds = 10;

struct kind_words {
  std::string_view name;
  int weight;  ///< of a thousand actions
  bool writes;
};

/// By kind. Lists and records that are looked at lead, as in life.
inline constexpr std::array<kind_words, kinds> words_of = {{
    {"list, own", 220, false},
    {"list, team", 140, false},
    {"list, accounts of the team", 40, false},
    {"open a record", 300, false},
    {"history of a record", 20, false},
    {"log an activity", 110, true},
    {"move a stage", 60, true},
    {"change a field", 90, true},
    {"move and log, as one", 15, true},
    {"pipeline report", 5, false},
}};

struct action {
  kind what = kind::own_list;
  std::uint64_t which = 0;  ///< picks the record, by the remainder
};

class script {
 public:
  script(std::uint64_t seed, std::size_t user) noexcept;
  action next() noexcept;

 private:
  std::uint64_t draw() noexcept;
  std::uint64_t state_;
};

/// What many users' first actions come to, to compare runs by.
std::uint64_t digest_of_scripts(std::uint64_t seed, std::size_t users);

}  // namespace guanxi::bench::load
