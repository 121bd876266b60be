// A store that runs now this part of a plan and now that: it wraps SQLite and answers consider()
// by chance, from a seed. Whatever the split, the answer must be the same.
//
//   tenant crm = open(std::make_unique<choosy_driver>(std::move(sqlite), 7)).value();
#pragma once

#include "support/forwarding_driver.hpp"

#include <memory>
#include <random>

namespace guanxi::test {

class choosy_driver final : public forwarding_driver {
 public:
  choosy_driver(std::unique_ptr<store::driver> inner, std::uint64_t seed)
      : forwarding_driver(std::move(inner)), random_(seed) {}

  std::string_view name() const noexcept override { return "choosy"; }
  query::pushdown consider(const query::trimmed_plan& p) override;
  result<void> execute(const query::fragment& f, store::view at, const query::bounds& within,
                       const query::row_sink& sink) override;

 private:
  bool chance(int percent) { return static_cast<int>(random_() % 100) < percent; }

  std::mt19937_64 random_;
  std::vector<query::verdict> last_;  ///< what consider() has answered
};

}  // namespace guanxi::test
