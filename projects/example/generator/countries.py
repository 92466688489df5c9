"""The names, places and telephone ranges that people are drawn from.

Telephone numbers come only from ranges that are kept for fiction; a name in another script stands as `name|latin`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """One country. `weight` is its share of the people in per mille; a city is `city, state, postal code`."""

    code: str
    weight: int
    language: str
    phone: str
    """How a number begins; `#` becomes a digit."""
    street: str
    """How a street and its number are written; `%s` is the name, `%d` the number."""
    forms: tuple[str, ...]
    first: tuple[str, ...]
    last: tuple[str, ...]
    streets: tuple[str, ...]
    cities: tuple[tuple[str, str, str], ...]


BERLIN, LONDON = "+49 30 23125###", "+44 20 7946 0###"


def words(text: str, separator: str | None = None) -> tuple[str, ...]:
    """The words of a list that is written as one text."""
    return tuple(text.split(separator))


def _cities(text: str) -> tuple[tuple[str, str, str], ...]:
    found = []
    for line in text.split(";"):
        city, state, code = (part.strip() for part in line.split(","))
        found.append((city, state, code))
    return tuple(found)


GERMANY = Country(
    code="DE",
    weight=310,
    language="German",
    phone=BERLIN,
    street="%s %d",
    forms=("GmbH", "GmbH", "AG", "KG"),
    first=words(
        "Anna Lukas Sophie Jürgen Katrin Björn Heike Matthias Jörg Ines Stefan Ute Käthe Tobias Franziska Günther "
        "Leonie Ralf Nadine Sören Petra Holger Miriam Uwe Annika Florian"
    ),
    last=words(
        "Schneider Keller Müller Vogt Krämer Hoffmann Brandt Lorenz Weiß Schäfer Becker Jäger Köhler Lindner Böhm "
        "Arnold Winkler Groß Haas Seidel Pohl Kühn Busch Engel Förster Thiel"
    ),
    streets=words("Hauptstraße Industriestraße Lindenallee Gartenweg Werkstraße Bahnhofstraße Am_Hafen Mühlenweg"),
    cities=_cities(
        "Berlin,Berlin,10115;München,Bayern,80331;Hamburg,Hamburg,20095;Köln,Nordrhein-Westfalen,50667;"
        "Stuttgart,Baden-Württemberg,70173;Nürnberg,Bayern,90402;Leipzig,Sachsen,04109;Bremen,Bremen,28195;"
        "Düsseldorf,Nordrhein-Westfalen,40213"
    ),
)
UNITED_STATES = Country(
    code="US",
    weight=260,
    language="English",
    phone="+1 {area} 555 01##",
    street="%d %s",
    forms=("Inc", "LLC", "Corp"),
    first=words(
        "Emily Marcus Olivia Tyler Grace Brandon Chloe Darnell Rachel Kevin Maria Jason Hannah Luis Aisha Patrick "
        "Denise Wesley Naomi Carlos Brooke Raymond Tiffany Logan"
    ),
    last=words(
        "Carter Nguyen Thompson Ramirez Brooks O'Brien Jackson Patel Hughes Bennett Foster Rivera Coleman Sanders "
        "Price Walsh Greene Ortiz McCarthy Hayes Bishop Whitfield Dawson Kowalski"
    ),
    streets=words("Mill_Street Harbor_Drive Oak_Avenue Industrial_Parkway Lakeview_Road Foundry_Lane Market_Street"),
    cities=_cities(
        "Cleveland,OH,44114;Austin,TX,78701;Portland,OR,97204;Grand Rapids,MI,49503;Pittsburgh,PA,15222;"
        "San José,CA,95113;Raleigh,NC,27601;Milwaukee,WI,53202;Boston,MA,02110"
    ),
)
UNITED_KINGDOM = Country(
    code="GB",
    weight=110,
    language="English",
    phone=LONDON,
    street="%d %s",
    forms=("Ltd", "plc"),
    first=words("Imogen Callum Freya Rhys Harriet Declan Priya Alistair Siân Oliver Zara Gareth Niamh Hamish"),
    last=words("Whitaker Davies MacLeod Ashworth O'Neill Pemberton Khan Fletcher Llewellyn Barlow Sharma Thorne"),
    streets=words("High_Street Station_Road Victoria_Quay Canal_Street Chapel_Lane"),
    cities=_cities("Leeds,,LS1 4AP;Bristol,,BS1 5TR;Manchester,,M2 5DB;Glasgow,,G2 1AL;Cardiff,,CF10 1EP"),
)
FRANCE = Country(
    code="FR",
    weight=90,
    language="French",
    phone=BERLIN,
    street="%d %s",
    forms=("SAS", "SARL", "SA"),
    first=words("Camille Hugo Élodie Théo Maëlle Jérôme Inès François Zoé Benoît Céline Gaëtan Noémie Rémi"),
    last=words("Lefèvre Moreau Girard Rousseau Béranger Chevallier Dupré Fontaine Guérin Marchand Noël Perrin"),
    streets=words("rue_de_la_Gare avenue_Jean-Jaurès quai_du_Port rue_des_Forges boulevard_Voltaire"),
    cities=_cities("Lyon,,69002;Nantes,,44000;Lille,,59800;Toulouse,,31000;Grenoble,,38000"),
)
NORTH = Country(
    code="SE",
    weight=50,
    language="English",
    phone=BERLIN,
    street="%s %d",
    forms=("AB",),
    first=words("Astrid Nils Åsa Henrik Märta Göran Linnéa Øyvind Signe Jørgen"),
    last=words("Lindqvist Bergström Åkesson Nyström Sjöberg Hedlund Öberg Dahl Søndergaard Falk"),
    streets=words("Storgatan Hamngatan Fabriksvägen Kungsgatan"),
    cities=_cities("Göteborg,,411 03;Malmö,,211 20;Västerås,,722 11;Linköping,,582 22"),
)
SPAIN = Country(
    code="ES",
    weight=45,
    language="Spanish",
    phone=BERLIN,
    street="%s %d",
    forms=("S.L.", "S.A."),
    first=words("Lucía Íñigo Begoña Álvaro Nuria Joaquín Rocío Andrés Itziar Ramón"),
    last=words("Núñez Ibáñez Castro Echeverría Muñoz Peña Vidal Gutiérrez Lozano Ferrer"),
    streets=words("Calle_Mayor Avenida_del_Puerto Calle_del_Carmen Paseo_Industrial"),
    cities=_cities("Bilbao,Bizkaia,48001;Valencia,Valencia,46002;Zaragoza,Zaragoza,50001;Sevilla,Sevilla,41001"),
)
ITALY = Country(
    code="IT",
    weight=40,
    language="English",
    phone=BERLIN,
    street="%s %d",
    forms=("S.r.l.", "S.p.A."),
    first=words("Giulia Matteo Chiara Niccolò Elisa Davide Serena Jacopo"),
    last=words("Conti Ferrari Bianchi D'Angelo Marchetti Gallo Serra Colombo"),
    streets=words("Via_Roma Via_dell'Industria Corso_Italia Via_Garibaldi"),
    cities=_cities("Torino,TO,10121;Bologna,BO,40121;Modena,MO,41121;Brescia,BS,25121"),
)
POLAND = Country(
    code="PL",
    weight=35,
    language="English",
    phone=BERLIN,
    street="ul. %s %d",
    forms=("Sp. z o.o.",),
    first=words("Agnieszka Paweł Małgorzata Łukasz Zofia Krzysztof Grażyna Michał"),
    last=words("Nowak Wiśniewski Zieliński Wójcik Dąbrowski Szczepański Łuczak Kaźmierczak"),
    streets=words("Długa Fabryczna Kościuszki Portowa"),
    cities=_cities("Wrocław,,50-062;Gdańsk,,80-830;Łódź,,90-001;Poznań,,61-772"),
)
JAPAN = Country(
    code="JP",
    weight=25,
    language="Japanese",
    phone=LONDON,
    street="%s %d",
    forms=("K.K.",),
    first=words("美咲|misaki 健太|kenta 陽子|yoko 翔|sho 真由美|mayumi 大輔|daisuke"),
    last=words("佐藤|sato 鈴木|suzuki 高橋|takahashi 田中|tanaka 渡辺|watanabe 山本|yamamoto"),
    streets=words("本町 栄 中央通り"),
    cities=_cities("名古屋市,愛知県,460-0008;大阪市,大阪府,541-0053;横浜市,神奈川県,231-0005"),
)
VIETNAM = Country(
    code="VN",
    weight=13,
    language="English",
    phone=LONDON,
    street="%d %s",
    forms=("JSC",),
    first=words("Thảo Đức Hương Tuấn Ngọc Quỳnh"),
    last=words("Nguyễn Trần Phạm Hoàng Đặng Võ"),
    streets=words("Lê_Lợi Trần_Phú Hùng_Vương"),
    cities=_cities("Đà Nẵng,,550000;Hải Phòng,,180000"),
)
ISRAEL = Country(
    code="IL",
    weight=11,
    language="English",
    phone=LONDON,
    street="%s %d",
    forms=("Ltd",),
    first=words("נועה|noa איתן|eitan תמר|tamar יונתן|yonatan מיכל|michal"),
    last=words("כהן|cohen לוי|levi מזרחי|mizrahi פרידמן|friedman ביטון|biton"),
    streets=words("הרצל ויצמן"),
    cities=_cities("חיפה,,3303139;תל אביב,,6343229"),
)
EMIRATES = Country(
    code="AE",
    weight=11,
    language="English",
    phone=LONDON,
    street="%s %d",
    forms=("LLC",),
    first=words("فاطمة|fatima أحمد|ahmed ليلى|layla يوسف|yousef مريم|maryam"),
    last=words("حداد|haddad منصور|mansour خليل|khalil نصار|nassar شاهين|shahin"),
    streets=words("شارع_الشيخ_زايد شارع_الميناء"),
    cities=_cities("دبي,,00000;أبو ظبي,,00000"),
)
COUNTRIES = (
    GERMANY,
    UNITED_STATES,
    UNITED_KINGDOM,
    FRANCE,
    NORTH,
    SPAIN,
    ITALY,
    POLAND,
    JAPAN,
    VIETNAM,
    ISRAEL,
    EMIRATES,
)
