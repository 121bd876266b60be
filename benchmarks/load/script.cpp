#include "script.hpp"

#include "../measure.hpp"

#include <numeric>

namespace guanxi::bench::load {

static_assert(std::accumulate(words_of.begin(), words_of.end(), 0,
                              [](int sum, const kind_words& w) { return sum + w.weight; }) == 1000);

script::script(std::uint64_t seed, std::size_t user) noexcept : state_(seed) {
  // Neighbouring users must not have neighbouring states.
  state_ = draw() ^ (0xd134'2543'de82'ef95ULL * (user + 1));
}

/// SplitMix64: the same numbers on every machine.
std::uint64_t script::draw() noexcept {
  std::uint64_t z = state_ += 0x9e37'79b9'7f4a'7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58'476d'1ce4'e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d0'49bb'1331'11ebULL;
  return z ^ (z >> 31);
}

action script::next() noexcept {
  auto at = static_cast<int>(draw() % 1000);
  std::size_t k = 0;
  for (; at >= words_of[k].weight; ++k) at -= words_of[k].weight;
  return {static_cast<kind>(k), draw() >> 1};
}

std::uint64_t digest_of_scripts(std::uint64_t seed, std::size_t users) {
  digest out;
  for (std::size_t user = 0; user < users; ++user) {
    script s(seed, user);
    for (int i = 0; i < 1000; ++i) {
      const action a = s.next();
      out.add(static_cast<std::int64_t>(a.what));
      out.add(static_cast<std::int64_t>(a.which));
    }
  }
  return out.value();
}

}  // namespace guanxi::bench::load
