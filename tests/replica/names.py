"""The people, places and organisations of the replica's world, and how one of each is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

_COUNTRIES = """
India|IN|Indian|New Delhi|Mumbai,Chennai,Kolkata,Bengaluru,Hyderabad,Pune,Jaipur,Bhubaneswar|south-asia|rupees|hindi
Pakistan|PK|Pakistani|Islamabad|Karachi,Lahore,Peshawar,Quetta|south-asia|rupees|urdu
Bangladesh|BD|Bangladeshi|Dhaka|Chattogram,Sylhet,Khulna|south-asia|taka|bengali
Sri Lanka|LK|Sri Lankan|Colombo|Kandy,Galle,Jaffna|south-asia|rupees|sinhala
Nepal|NP|Nepali|Kathmandu|Pokhara,Biratnagar|south-asia|rupees|hindi
China|CN|Chinese|Beijing|Shanghai,Shenzhen,Chengdu,Wuhan|east-south-east-asia|yuan|chinese
Japan|JP|Japanese|Tokyo|Osaka,Sapporo,Fukuoka|east-south-east-asia|yen|japanese
South Korea|KR|South Korean|Seoul|Busan,Incheon,Daegu|east-south-east-asia|won|korean
Indonesia|ID|Indonesian|Jakarta|Surabaya,Medan,Makassar|east-south-east-asia|rupiah|malay
Philippines|PH|Philippine|Manila|Cebu,Davao,Iloilo|east-south-east-asia|pesos|spanish
Thailand|TH|Thai|Bangkok|Chiang Mai,Phuket|east-south-east-asia|baht|thai
Vietnam|VN|Vietnamese|Hanoi|Ho Chi Minh City,Da Nang|east-south-east-asia|dong|vietnamese
Malaysia|MY|Malaysian|Kuala Lumpur|Penang,Johor Bahru|east-south-east-asia|ringgit|malay
Australia|AU|Australian|Canberra|Sydney,Melbourne,Perth,Brisbane|pacific|Australian dollars|english
New Zealand|NZ|New Zealand|Wellington|Auckland,Christchurch|pacific|New Zealand dollars|english
Fiji|FJ|Fijian|Suva|Nadi,Lautoka|pacific|Fijian dollars|pacific
United Kingdom|GB|British|London|Manchester,Edinburgh,Birmingham|europe-central-asia|pounds|english
France|FR|French|Paris|Lyon,Marseille,Toulouse|europe-central-asia|euros|french
Germany|DE|German|Berlin|Hamburg,Munich,Frankfurt|europe-central-asia|euros|german
Italy|IT|Italian|Rome|Milan,Naples,Turin|europe-central-asia|euros|italian
Spain|ES|Spanish|Madrid|Barcelona,Valencia,Seville|europe-central-asia|euros|spanish
Poland|PL|Polish|Warsaw|Krakow,Gdansk,Wroclaw|europe-central-asia|zlotys|polish
Ukraine|UA|Ukrainian|Kyiv|Kharkiv,Odesa,Dnipro|europe-central-asia|hryvnias|slavic
Russia|RU|Russian|Moscow|St Petersburg,Kazan,Vladivostok|europe-central-asia|roubles|slavic
Turkey|TR|Turkish|Ankara|Istanbul,Izmir,Adana|europe-central-asia|lira|turkish
Kazakhstan|KZ|Kazakh|Astana|Almaty,Shymkent|europe-central-asia|tenge|slavic
Kenya|KE|Kenyan|Nairobi|Mombasa,Kisumu,Eldoret|east-africa|shillings|swahili
Ethiopia|ET|Ethiopian|Addis Ababa|Dire Dawa,Mekelle|east-africa|birr|ethiopian
Tanzania|TZ|Tanzanian|Dodoma|Dar es Salaam,Arusha|east-africa|shillings|swahili
Uganda|UG|Ugandan|Kampala|Gulu,Entebbe|east-africa|shillings|swahili
South Africa|ZA|South African|Pretoria|Johannesburg,Cape Town,Durban|southern-africa|rand|southern
Zambia|ZM|Zambian|Lusaka|Ndola,Kitwe|southern-africa|kwacha|southern
Nigeria|NG|Nigerian|Abuja|Lagos,Kano,Port Harcourt|west-africa|naira|westafrican
Ghana|GH|Ghanaian|Accra|Kumasi,Tamale|west-africa|cedis|westafrican
DR Congo|CD|Congolese|Kinshasa|Goma,Lubumbashi|central-africa|francs|french
Egypt|EG|Egyptian|Cairo|Alexandria,Luxor|middle-east-north-africa|Egyptian pounds|arabic
Saudi Arabia|SA|Saudi|Riyadh|Jeddah,Dammam|middle-east-north-africa|riyals|arabic
Morocco|MA|Moroccan|Rabat|Casablanca,Marrakesh|middle-east-north-africa|dirhams|arabic
Israel|IL|Israeli|Jerusalem|Tel Aviv,Haifa|middle-east-north-africa|shekels|hebrew
Iran|IR|Iranian|Tehran|Isfahan,Mashhad|middle-east-north-africa|rials|persian
United States|US|U.S.|Washington DC|New York,Chicago,Houston,Los Angeles|north-america|dollars|english
Canada|CA|Canadian|Ottawa|Toronto,Vancouver,Calgary|north-america|Canadian dollars|english
Mexico|MX|Mexican|Mexico City|Guadalajara,Monterrey|latin-america-caribbean|pesos|spanish
Brazil|BR|Brazilian|Brasilia|Sao Paulo,Rio de Janeiro,Manaus|latin-america-caribbean|reais|portuguese
Argentina|AR|Argentine|Buenos Aires|Cordoba,Rosario|latin-america-caribbean|pesos|spanish
Colombia|CO|Colombian|Bogota|Medellin,Cali|latin-america-caribbean|pesos|spanish
Peru|PE|Peruvian|Lima|Arequipa,Cusco|latin-america-caribbean|soles|spanish
"""

_PEOPLE = """
hindi|Ananya,Rakesh,Sunita,Vikram,Meera,Arvind,Kavita,Harish,Priya,Devendra,Lata,Manoj,Nandini,Suresh|\
Deshmukh,Kulkarni,Iyer,Chatterjee,Rathore,Mohanty,Bhardwaj,Pillai,Saxena,Gowda,Thakur,Menon,Joshi,Nair
urdu|Amir,Sana,Tariq,Nadia,Bilal,Farah,Usman|Qureshi,Siddiqui,Malik,Baloch,Khattak,Mirza,Shah
bengali|Rafiq,Shirin,Tanvir,Nusrat,Kamal,Mahfuza|Hossain,Chowdhury,Rahman,Sarker,Talukder,Islam
sinhala|Nimal,Chamari,Ruwan,Dilani,Asanka|Wickramaratne,Jayasuriya,Gunawardena,Senanayake,Fernando
chinese|Wei,Jing,Guoliang,Min,Yanhong,Tao|Zhou,Lin,Sun,Gao,Zheng,Tang,Hu
japanese|Haruto,Yuki,Kenji,Aiko,Daichi,Naomi|Nakagawa,Ishida,Morimoto,Fujita,Okabe,Hayashi
korean|Min-jun,Seo-yeon,Ji-hoon,Hye-jin,Dong-wook|Kang,Shin,Baek,Noh,Jang,Yoon
malay|Budi,Siti,Hafiz,Dewi,Rizal,Nurul|Santoso,Wijaya,Rahmat,Ismail,Hartono,Zainal
thai|Somchai,Kanya,Prasert,Malee|Chaiyasit,Rattanakorn,Suwannarat,Thongdee
vietnamese|Minh,Lan,Quang,Huong,Duc|Nguyen,Tran,Pham,Vo,Dang
english|Claire,Thomas,Rebecca,James,Olivia,Daniel,Hannah,Marcus,Fiona,Andrew|\
Whitcombe,Harding,Ellison,Prescott,Marlowe,Fletcher,Kendrick,Rowe,Lambert,Aldridge
pacific|Sitiveni,Mere,Josefa,Adi,Tevita|Vakaloloma,Ratunabuabua,Tuisawau,Naivalu
french|Camille,Julien,Hélène,Antoine,Sylvie,Étienne|Moreau,Lefèvre,Garnier,Rousselle,Delacourt,Chevallier
german|Katrin,Stefan,Annika,Jürgen,Birgit,Lukas|Vogel,Brandt,Köhler,Lindemann,Schäfer,Reuter
italian|Chiara,Lorenzo,Francesca,Matteo,Giulia|Bellini,Ferrante,Marchetti,Rinaldi,Colombo
spanish|María,Javier,Lucía,Álvaro,Carmen,Diego,Paula|Herrera,Castañeda,Villalobos,Ibáñez,Quintana,Salcedo,Peña
portuguese|João,Beatriz,Rafael,Luciana,Thiago|Almeida,Cardoso,Figueiredo,Nogueira,Tavares
polish|Agnieszka,Tomasz,Ewa,Piotr|Wiśniewska,Zieliński,Kowalczyk,Nowak
slavic|Olena,Dmytro,Irina,Sergei,Oksana,Viktor|Kovalenko,Shevchuk,Morozov,Bondar,Lysenko,Orlov
turkish|Elif,Mehmet,Zeynep,Emre,Ayşe|Yıldırım,Demirci,Kaplan,Aydın
swahili|Wanjiru,Joseph,Amina,Baraka,Grace,Otieno|Kamau,Mwangi,Odhiambo,Njoroge,Okello,Mushi
ethiopian|Abebe,Hirut,Dawit,Selam|Tesfaye,Bekele,Wolde,Girma
southern|Thandiwe,Sipho,Lerato,Bongani,Naledi|Dlamini,Mokoena,Nkosi,Banda,Phiri,Khumalo
westafrican|Chinedu,Folake,Kwame,Ngozi,Abena,Ibrahim|Okafor,Adeyemi,Mensah,Bello,Asante,Eze
arabic|Layla,Omar,Fatima,Hassan,Yasmine,Khalid|Haddad,Mansour,Farouk,Naggar,Rashid,Benali
hebrew|Noa,Eitan,Tamar,Amit|Shapira,Ben-Ari,Katz,Peretz
persian|Shirin,Behrouz,Leila,Reza|Tehrani,Karimi,Moradi,Farahani
"""

COMPANIES = tuple(
    """Aravali Renewables;Meghdoot Cloud;Suryan Motors;Karavan Logistics;Norvik Shipping;Halden Energy;Castellan Bank;
Brightwater Foods;Orion Pacific Airlines;Tessera Semiconductors;Kaveri Pharma;Blue Marlin Seafoods;Zenith Steelworks;
Quanta Mobility;Lumen Biotech;Savanna Telecom;Andes Copper;Baltic Grid;Delta Harvest;Monsoon Media""".replace(
        "\n", ""
    ).split(";")
)

ORGANISATIONS = tuple(
    """World Health Organization|WHO;World Bank|World Bank;International Monetary Fund|IMF;Asian Development Bank|ADB;
United Nations Children's Fund|UNICEF;Food and Agriculture Organization|FAO;World Food Programme|WFP;
International Energy Agency|IEA;International Labour Organization|ILO;UN Environment Programme|UNEP;
African Development Bank|AfDB;World Trade Organization|WTO;International Organization for Migration|IOM;
UN Refugee Agency|UNHCR;World Meteorological Organization|WMO;Amnesty International|Amnesty International""".replace(
        "\n", ""
    ).split(";")
)


@dataclass(frozen=True, slots=True)
class Country:
    """One country of the world: its names, its cities and the edition it belongs to."""

    name: str
    iso2: str
    adjective: str
    capital: str
    cities: tuple[str, ...]
    edition: str
    currency: str
    naming: str


def _read_countries() -> tuple[Country, ...]:
    rows = [line.split("|") for line in _COUNTRIES.strip().splitlines()]
    return tuple(Country(n, i, a, c, tuple(t.split(",")), e, m, f) for n, i, a, c, t, e, m, f in rows)


def _read_people() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    rows = [line.split("|") for line in _PEOPLE.strip().splitlines()]
    return {key: (tuple(given.split(",")), tuple(family.split(","))) for key, given, family in rows}


COUNTRIES = _read_countries()
BY_NAME = {country.name: country for country in COUNTRIES}
EDITIONS = tuple(dict.fromkeys(country.edition for country in COUNTRIES))
_NAMING = _read_people()
_FAMILY_FIRST = {"chinese", "korean", "vietnamese"}


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up person: the whole name and the name used on second mention."""

    full: str
    last: str


def draw_country(rng: Random) -> Country:
    """A country; India comes up most often, as it does on the site."""
    return COUNTRIES[0] if rng.random() < 0.28 else rng.choice(COUNTRIES[1:])


def draw_person(rng: Random, country: Country) -> Person:
    """A person with a name usual in the country."""
    given, family = _NAMING[country.naming]
    first, last = rng.choice(given), rng.choice(family)
    return Person(f"{last} {first}" if country.naming in _FAMILY_FIRST else f"{first} {last}", last)


def draw_city(rng: Random, country: Country) -> str:
    """A city of the country, the capital one time in three."""
    return country.capital if rng.random() < 0.34 else rng.choice(country.cities)


def draw_organisation(rng: Random) -> tuple[str, str]:
    """An international organisation: its name and its usual short form."""
    full, short = rng.choice(ORGANISATIONS).split("|")
    return full, short
