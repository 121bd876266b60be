// The program's operator new, in a file of its own: where it is inlined beside its uses, g++ takes
// malloc and free for a pair that does not match.
#include "scarce_memory.hpp"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

/// Allocations of this thread until one fails; below 0: none does.
thread_local long until_failure = -1;
/// Whether all fail from then on.
thread_local bool for_good = false;
thread_local bool has_failed = false;

bool fails() {
  if (until_failure < 0) return false;
  if (until_failure > 0) {
    --until_failure;
    return false;
  }
  if (!for_good) until_failure = -1;
  has_failed = true;
  return true;
}

void* allocate(std::size_t size) noexcept { return fails() ? nullptr : std::malloc(size + 1); }

}  // namespace

namespace scarce_memory {

void fail_after(long allocations, bool all) {
  until_failure = allocations;
  for_good = all;
  has_failed = false;
}
long left() { return until_failure; }
bool fail_never() {
  until_failure = -1;
  return has_failed;
}

plenty::plenty() : kept_(until_failure) { until_failure = -1; }
plenty::~plenty() { until_failure = kept_; }

}  // namespace scarce_memory

void* operator new(std::size_t size) {
  if (void* out = allocate(size)) return out;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void* operator new[](std::size_t size) {
  if (void* out = allocate(size)) return out;
  throw std::bad_alloc();
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void operator delete(void* at) noexcept { std::free(at); }
void operator delete(void* at, std::size_t) noexcept { std::free(at); }
void operator delete(void* at, const std::nothrow_t&) noexcept { std::free(at); }
void operator delete[](void* at) noexcept { std::free(at); }
void operator delete[](void* at, std::size_t) noexcept { std::free(at); }
void operator delete[](void* at, const std::nothrow_t&) noexcept { std::free(at); }
