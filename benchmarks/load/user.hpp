// A simulated user: a session that acts as a person of the company, and follows a script.
//
//   user u(at, at.people()[3], 3, seed);
//   u.act();                       // one action, timed and kept in the diary
//
// Thread rule: one thread at a time, which need not be the same each time.
#pragma once

#include "company.hpp"
#include "diary.hpp"

#include <functional>

namespace guanxi::bench::load {

class user {
 public:
  user(const company& at, const person& who, std::size_t number, std::uint64_t seed);
  void act();
  const load::diary& diary() const noexcept { return diary_; }
  load::diary& diary() noexcept { return diary_; }

  /// A user who asks for a field that is not there, to see whether that is found out.
  void misspell() noexcept { misspells_ = true; }

 private:
  using written = std::vector<acknowledged>;
  result<void> perform(const action& a);
  result<void> own_list();
  result<void> team_list();
  result<void> team_accounts();
  result<void> open_record(id opportunity);
  result<void> report();
  result<acknowledged> log_activity(id opportunity);
  result<acknowledged> move_stage(id opportunity);
  result<acknowledged> change_field(id opportunity);
  /// Writes, again where the store says that it is busy or that somebody was quicker, at most so
  /// often as a program would; then books what was acknowledged. `as_one`: in a transaction from
  /// the first attempt on.
  result<void> write(const std::function<result<written>()>& attempt, bool as_one = false);
  acknowledged booked(const record& made, const char* entity, const char* field, value after) const;
  id pick(std::uint64_t which) const;
  std::string mark();

  const company& company_;
  const person person_;
  const std::size_t number_;
  session session_;
  script script_;
  /// The log's sequence when the user came: no text is written twice, on no day, for what is
  /// written again as it stands is no change.
  const std::int64_t day_;
  load::diary diary_;
  std::vector<id> opportunities_;  ///< that the user works on
  std::int64_t marks_ = 0;
  bool misspells_ = false;
};

}  // namespace guanxi::bench::load
