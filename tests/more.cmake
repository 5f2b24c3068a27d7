# Every test that is not a unit test. Labels: "quick" needs no server, "server"
# starts real peers, "release" looks at the optimised build.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(PYTHON ${CMAKE_COMMAND} -E env PYTHONDONTWRITEBYTECODE=1 ${Python3_EXECUTABLE})

foreach(check includes words headers kinds symbols hardening)
	add_test(NAME doors.${check} COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/doors/doors.py
		${check} ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})
	set_tests_properties(doors.${check} PROPERTIES TIMEOUT 120 LABELS quick)
endforeach()
set_tests_properties(doors.hardening PROPERTIES LABELS release)

add_test(NAME e2e.peers_alone COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/e2e/peers_alone.py)
set_tests_properties(e2e.peers_alone PROPERTIES TIMEOUT 120 LABELS server RUN_SERIAL TRUE)

if(TARGET shorewatch)
	foreach(test first_light silent_dns)
		add_test(NAME e2e.${test} COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/e2e/${test}.py $<TARGET_FILE:shorewatch>)
		set_tests_properties(e2e.${test} PROPERTIES TIMEOUT 480 LABELS server RUN_SERIAL TRUE)
	endforeach()
	add_test(NAME systemd.unit COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/systemd/unit ${CMAKE_SOURCE_DIR} $<TARGET_FILE:shorewatch>)
	set_tests_properties(systemd.unit PROPERTIES TIMEOUT 60 LABELS quick)
endif()

if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/tools/CMakeLists.txt)
	add_subdirectory(tools)
endif()

add_subdirectory(scenario)
