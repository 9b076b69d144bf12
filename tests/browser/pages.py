"""One page of every kind, under a name."""

LETTER_DAY = "validOn=2021-12-02&knownOn=2021-12-02"
AFTERWARDS = "validOn=2022-02-05&knownOn=2022-02-05"
EVERY_COLUMN = "title,country,covered,stage,start,lastEvidence,plannedEnd,end,city,posts"

PAGES = {
    "home": "/",
    "home on a past clock": f"/?{LETTER_DAY}",
    "placements": "/placements/?pageSize=10",
    "placements by filters": f"/placements/?country=AL&stage=active&startUntil=2021-12-31&{LETTER_DAY}",
    "placements with every column": f"/placements/?pageSize=10&columns={EVERY_COLUMN}",
    "placements without results": "/placements/?q=zzzz",
    "placements with faults": f"/placements/?from=2021-13-40&certain=perhaps&unknown=1&{LETTER_DAY}",
    "EU proposals": "/eu/?pageSize=10&page=2",
    "EU proposals by filters": f"/eu/?package=schengen-2021-12&sort=-stage&{AFTERWARDS}",
    "EU proposal, disputed": "/eu/prum-ii-verordening/",
    "EU proposal, expected": f"/eu/prum-ii-verordening/?{LETTER_DAY}",
    "EU proposal, repealed": "/eu/zweeds-kaderbesluit-2006-960/",
    "EU proposal, expired": "/eu/empact-2018-2021/",
    "EU proposal, later than expected": f"/eu/schengengrenscode-herziening/?{AFTERWARDS}",
    "placement, active": f"/placements/politie-lo-albanie-2021/?{LETTER_DAY}",
    "placement, with a planned end": f"/placements/maocn-directeur-2021/?{LETTER_DAY}",
    "placement, not known": f"/placements/kmar-filo-wenen/?{LETTER_DAY}",
    "placement, ended": "/placements/missie-ecpa-albanie/",
    "placement, planned": "/placements/lo-peru-2024/",
    "placement, disputed": "/placements/epicc/",
    "countries": "/countries/",
    "country": f"/countries/AL/?{LETTER_DAY}",
    "country, with everything": "/countries/NL/",
    "country, with nothing": "/countries/CW/",
    "sources": "/sources/",
    "source": f"/sources/brief-2021-12-02/?{LETTER_DAY}",
    "organisation": "/organisations/europol/",
    "marks": "/marks/",
    "API docs": "/api/docs/",
    "not found": f"/eu/not-a-file/?{LETTER_DAY}",
    "bad request": "/?validOn=2021-02-30",
}
FAULTY = {
    "placements with faults": 400,
    "not found": 404,
    "bad request": 400,
}
