# Folds object files and what they need of archives into one object whose only global symbols are those that are named. Used twice: to
# make the archive that is shipped, whose globals are the interface, and by market_maker_privatize, for a component that keeps
# its copy of the library to itself.
#
#   cmake -DOUTPUT=<file.a or file.o> -DKEEP_FILE=<one symbol a line> [-DOBJECTS=<list>] [-DARCHIVES=<list>] [-DSTRIP=ON]
#         [-DFOLD_TOOLS=<folder and prefix of ld, objcopy, nm, ar>] -P market_maker-fold.cmake
#
# What is kept is also what is pulled out of the archives. Needs GNU ld and objcopy on an ELF system. What this does step by step:
#
#   ld -r --gc-sections   takes what the kept symbols reach and leaves out the rest, unwinding tables and thread-local data included
#   objcopy               makes every other symbol local, inline functions of C++ too; drops bitcode, and debugging information if asked
#   ld -r -T              merges the thousands of sections that are left (market_maker-fold.ld), whose names are a fifth of the size
cmake_minimum_required(VERSION 3.20)

foreach(needed OUTPUT KEEP_FILE)
  if(NOT ${needed})
    message(FATAL_ERROR "market_maker-fold: ${needed} is not given")
  endif()
endforeach()
if(NOT OBJECTS AND NOT ARCHIVES)
  message(FATAL_ERROR "market_maker-fold: nothing to fold")
endif()
foreach(tool ld objcopy nm ar)
  find_program(FOLD_${tool} "${FOLD_TOOLS}${tool}" REQUIRED)
endforeach()

# Nothing to do where the output is newer than everything that it is made of.
set(is_stale FALSE)
foreach(input IN LISTS OBJECTS ARCHIVES ITEMS "${KEEP_FILE}" "${CMAKE_CURRENT_LIST_FILE}" "${CMAKE_CURRENT_LIST_DIR}/market_maker-fold.ld")
  if("${input}" IS_NEWER_THAN "${OUTPUT}")
    set(is_stale TRUE)
  endif()
endforeach()
if(NOT is_stale)
  return()
endif()

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT code EQUAL 0)
    list(GET ARGN 0 tool)
    message(FATAL_ERROR "market_maker-fold: ${tool} failed (${code})\n${said}")
  endif()
endfunction()

file(STRINGS "${KEEP_FILE}" names REGEX "^[A-Za-z_]")
if(NOT names)
  message(FATAL_ERROR "market_maker-fold: ${KEEP_FILE} names no symbol")
endif()
get_filename_component(folder "${OUTPUT}" DIRECTORY)
get_filename_component(base "${OUTPUT}" NAME_WE)
set(work "${folder}/${base}.fold")
file(REMOVE_RECURSE "${work}")
file(MAKE_DIRECTORY "${work}")
list(TRANSFORM names PREPEND "-u " OUTPUT_VARIABLE roots)
list(JOIN roots "\n" roots)
file(WRITE "${work}/roots" "${roots}\n")

run("${FOLD_ld}" -r --gc-sections --force-group-allocation "@${work}/roots" -o "${work}/reached.o" ${OBJECTS} ${ARCHIVES})
set(strip)
if(STRIP)
  set(strip --strip-debug)
endif()
run("${FOLD_objcopy}" "--keep-global-symbols=${KEEP_FILE}" ${strip} --remove-section=.llvmbc --remove-section=.llvmcmd
  "${work}/reached.o" "${work}/local.o")
run("${FOLD_ld}" -r -T "${CMAKE_CURRENT_LIST_DIR}/market_maker-fold.ld" -o "${work}/${base}.o" "${work}/local.o")

# A name that is nowhere is a mistake here, not at the reader's link.
execute_process(COMMAND "${FOLD_nm}" -g --defined-only "${work}/${base}.o" OUTPUT_VARIABLE defined COMMAND_ERROR_IS_FATAL ANY)
foreach(name IN LISTS names)
  if(NOT defined MATCHES " ${name}\n")
    message(FATAL_ERROR "market_maker-fold: no object defines ${name}")
  endif()
endforeach()
# objcopy leaves GNU's unique symbols (static variables of C++'s inline functions) global.
string(REGEX MATCH "[^\n]* u [^\n]*" unique "${defined}")
if(unique)
  message(FATAL_ERROR "market_maker-fold: a symbol is unique in the whole program, compile with -fno-gnu-unique: ${unique}")
endif()

file(REMOVE "${OUTPUT}")
if(OUTPUT MATCHES "\\.a$")
  run("${FOLD_ar}" crsD "${OUTPUT}" "${work}/${base}.o")
else()
  file(RENAME "${work}/${base}.o" "${OUTPUT}")
endif()
file(REMOVE_RECURSE "${work}")
