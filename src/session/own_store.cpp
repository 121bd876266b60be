#include "guanxi/session/own_store.hpp"

#include <utility>

namespace guanxi {

result<tenant> open(std::unique_ptr<store::host> own, const open_options& options) {
  const environment world = options.world.value_or(default_environment());
  return open(store::guarded(std::move(own), options.read_only, world.text), options);
}

}  // namespace guanxi
