#include "multi_index.hpp"

#include <boost/multi_index/composite_key.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index/ordered_index.hpp>
#include <boost/multi_index_container.hpp>

namespace guanxi::bench {

namespace mi = boost::multi_index;

struct by_id {};
struct by_owner {};
struct by_account {};
struct by_stage {};

struct multi_index_deals::container {
  mi::multi_index_container<
      deal,
      mi::indexed_by<
          mi::ordered_unique<mi::tag<by_id>, mi::member<deal, std::int64_t, &deal::id>>,
          mi::ordered_non_unique<
              mi::tag<by_owner>,
              mi::composite_key<deal, mi::member<deal, std::int64_t, &deal::owner>,
                                mi::member<deal, std::int32_t, &deal::close_date>>>,
          mi::ordered_non_unique<mi::tag<by_account>,
                                 mi::member<deal, std::int64_t, &deal::account>>,
          mi::ordered_non_unique<mi::tag<by_stage>,
                                 mi::member<deal, std::uint8_t, &deal::stage>>>>
      rows;
};

multi_index_deals::multi_index_deals() : in_(std::make_unique<container>()) {}
multi_index_deals::~multi_index_deals() = default;

void multi_index_deals::insert(const deal& d) { in_->rows.insert(d); }
std::size_t multi_index_deals::size() const noexcept { return in_->rows.size(); }

void multi_index_deals::owner_sum(std::int64_t owner, digest& into) const {
  std::int64_t sum = 0, count = 0;
  const auto [first, last] = in_->rows.get<by_owner>().equal_range(std::make_tuple(owner));
  for (auto at = first; at != last; ++at) {
    sum += at->amount;
    ++count;
  }
  into.add(sum);
  into.add(count);
}

void multi_index_deals::owner_by_date(std::int64_t owner, digest& into) const {
  const auto [first, last] = in_->rows.get<by_owner>().equal_range(std::make_tuple(owner));
  for (auto at = first; at != last; ++at) into.add(at->id);
}

void multi_index_deals::move(std::int64_t id, std::int32_t close_date, std::uint8_t stage) {
  auto& ids = in_->rows.get<by_id>();
  ids.modify(ids.find(id), [&](deal& d) {
    d.close_date = close_date;
    d.stage = stage;
  });
}

}  // namespace guanxi::bench
