# Runs PROGRAM in FOLDER, emptied first, so that what an earlier run left cannot change the outcome.
file(REMOVE_RECURSE "${FOLDER}")
file(MAKE_DIRECTORY "${FOLDER}")
execute_process(COMMAND "${PROGRAM}" WORKING_DIRECTORY "${FOLDER}" RESULT_VARIABLE outcome)
if(NOT outcome EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ended with ${outcome}")
endif()
