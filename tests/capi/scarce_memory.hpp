// Memory that runs out when a test says so.
//
//   scarce_memory::fail_after(3, true);   // three allocations go well, no other does
//
// Thread rule: each thread has its own scarcity.
#pragma once

namespace scarce_memory {

/// The allocation after `allocations` fails; with `for_good`, all after it too.
void fail_after(long allocations, bool for_good);
/// Gives whether any allocation has failed since fail_after.
bool fail_never();
/// How many more would go well.
long left();

/// There is enough until this ends, and the shortage goes on where it was: for what a host does in
/// a callback, whose memory is its own affair.
class plenty {
 public:
  plenty();
  ~plenty();
  plenty(const plenty&) = delete;
  plenty& operator=(const plenty&) = delete;

 private:
  long kept_;
};

}  // namespace scarce_memory
