// Calls what no header defines on purpose: the test of header-only use must refuse to link it.
#pragma once

int in_no_header();
inline int hole() { return in_no_header(); }
