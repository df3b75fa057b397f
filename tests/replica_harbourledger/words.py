"""What the Harbour Ledger writes about: the stock from which articles are made."""

#: Section to the subjects of its headlines, and to what becomes of them.
HEADLINES = {
    "harbour": (
        ("Ferry crews", "Dredging", "The grain terminal", "A lake freighter", "Ice breakers"),
        ("return after long delay", "will start before the frost", "wait for a berth", "draw a crowd to Pier 4"),
    ),
    "city": (
        ("Council", "The night bus", "A new library branch", "Snow clearing", "Rents downtown"),
        ("to be looked at again", "finds a majority", "goes over budget by a tenth", "opens talks with residents"),
    ),
    "business": (
        ("Paper mill orders", "Nickel exports", "Harbour fees", "Hotel bookings"),
        ("fall for a third month", "rise faster than forecast", "hold steady, figures show"),
    ),
    "opinion": (
        ("Our bridges", "The ferry question", "Winter roads"),
        ("deserve better than promises", "are everybody\u2019s business"),
    ),
}
SENTENCES = (
    "The port authority said on {day} that the work would take \u201cweeks, not months\u201d.",
    "Residents of Caf\u00e9 Street & Quay Road have asked for a hearing.",
    "Costs are put at $4.2 million, of which the province pays half.",
    "Nobody was hurt, and the road was open again by the evening.",
    "A spokesperson declined to give a date before the next meeting.",
    "Traffic through the locks was up by 6 per cent from a year ago.",
    "\u201cWe have waited long enough,\u201d said Maud L\u00e9vesque, who runs the chandlery.",
    "The report runs to 80 pages; a summary is to be read on {day}.",
)
POINTS = ("Gates open at 7.30 am", "Dogs < 10 kg travel free", "Tickets are sold on board")
QUOTE = "\u201cWe have waited long enough.\u201d"
PEOPLE = ("Ada Byrd", "Tom Nguyen", "Solveig Marchand")
PLACES = ("Thunder Bay", "Sault Ste. Marie", "Parry Sound")
AGENCIES = ("Reuters", "The Associated Press")
TAGS = ("Ferries", "Great Lakes", "City budget", "Shipping & ports", "Weather")
