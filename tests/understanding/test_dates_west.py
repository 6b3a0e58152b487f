"""When, in the languages of the West: on Sunday 22 November 2026, at ten, in Shanghai."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from convo.understanding.dates import When, understand_time, understand_when

SUNDAY = datetime(2026, 11, 22, 10, 0, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
WEDNESDAY = datetime(2026, 11, 25, 10, tzinfo=ZoneInfo("Asia/Shanghai"))

# language | what was written | month-day and time, - for what was not said, nothing for unclear
REPLIES = """
es | el 5 de diciembre | 12-05 -
es | el 5 de diciembre a las 3 de la tarde | 12-05 15:00
es | las tres y media | - 15:30
es | a las 3 menos cuarto | - 14:45
es | las 3 y 20 | - 15:20
es | pasado mañana | 11-24 -
es | mañana por la mañana | 11-23 -
es | mañana a las 10 de la mañana | 11-23 10:00
es | la semana que viene el viernes | 11-27 -
es | el viernes de la semana que viene | 11-27 -
es | el viernes a las 15h | 11-27 15:00
es | esta tarde a las 5 | 11-22 17:00
es | a las 8 de la noche | - 20:00
es | 8 de la tarde | - 20:00
es | dentro de dos horas | 11-22 12:00
es | en media hora | 11-22 10:30
es | en una hora y media | 11-22 11:30
es | en quince días |
es | viernes 4 de diciembre | 12-04 -
es | viernes 4 | 12-04 -
es | viernes 5 |
es | a mediodía | - 12:00
es | cuarto para las tres | - 14:45
es | martes a las 15 horas | 11-24 15:00
es | a las quince treinta | - 15:30
es | entre las 3 y las 5 |
es | antes de las 5 |
es | a las 3 o 4 |
es | cinco de enero a las once y cuarto | 2027-01-05 11:15
es | el lunes por la tarde | 11-23 -
es | hoy a las 6 pm | 11-22 18:00
es | 5/12 a las 16:30 | 12-05 16:30
es | el día 30 | 11-30 -
es | el 30 a las 3 | 11-30 15:00
fr | 5 décembre à 14h30 | 12-05 14:30
fr | vendredi de la semaine prochaine | 11-27 -
fr | midi et quart | - 12:15
fr | 15h | - 15:00
fr | 15 h 30 | - 15:30
fr | à trois heures moins le quart | - 14:45
fr | 3h et demie | - 15:30
fr | demain soir à 8h | 11-23 20:00
fr | demain matin | 11-23 -
fr | après-demain vers 15h | 11-24 15:00
fr | dans deux heures | 11-22 12:00
fr | dans une semaine | 11-29 -
fr | dans quinze jours |
fr | le 1er décembre | 12-01 -
fr | ce soir 20h | 11-22 20:00
fr | samedi 5 décembre à 10 heures | 12-05 10:00
fr | le 5 à midi | 12-05 12:00
fr | aujourd'hui à 16 heures 30 | 11-22 16:30
fr | dans une demi-heure | 11-22 10:30
fr | dans une heure et demie | 11-22 11:30
fr | mercredi après-midi | 11-25 -
fr | à 15 heures | - 15:00
fr | midi | - 12:00
fr | quinze heures trente | - 15:30
fr | entre 14h et 16h |
fr | avant 15h |
de | am 5. Dezember um halb drei | 12-05 14:30
de | übermorgen Nachmittag | 11-24 -
de | heute Abend um 8 | 11-22 20:00
de | 15 Uhr | - 15:00
de | 15 Uhr 30 | - 15:30
de | 15.30 Uhr | - 15:30
de | um 15.30 | - 15:30
de | viertel nach drei | - 15:15
de | Viertel vor drei | - 14:45
de | dreiviertel drei | - 14:45
de | viertel drei | - 14:15
de | fünf vor halb drei | - 14:25
de | fünf nach halb drei | - 14:35
de | in einer Woche | 11-29 -
de | in zwei Stunden | 11-22 12:00
de | Freitag, den 4. Dezember | 12-04 -
de | 5.12. um 15 Uhr | 12-05 15:00
de | am 5.12. | 12-05 -
de | 5.12.2026 | 12-05 -
de | morgen früh um 9 | 11-23 09:00
de | morgen um 15 Uhr | 11-23 15:00
de | Freitagnachmittag | 11-27 -
de | Freitag Nachmittag um 3 | 11-27 15:00
de | Freitagmorgen | 11-27 -
de | Do 15 Uhr | 11-26 15:00
de | um 3 am Freitag | 11-27 15:00
de | nächste Woche Freitag | 11-27 -
de | kommenden Freitag | 11-27 -
de | am fünften Dezember | 12-05 -
de | am 30. | 11-30 -
de | 15:30 Uhr am Dienstag | 11-24 15:30
de | drei Uhr nachmittags | - 15:00
de | in einer halben Stunde | 11-22 10:30
de | in anderthalb Stunden | 11-22 11:30
de | 3 am friday | 11-27 03:00
de | zwischen 3 und 5 |
de | ab 15 Uhr |
de | nach 15 Uhr |
de | Samstag um 10 | 11-28 10:00
de | am 1. März um 9 Uhr | 2027-03-01 09:00
pt | sexta às 3 da tarde | 11-27 15:00
pt | amanhã de manhã | 11-23 -
pt | depois de amanhã às 15h30 | 11-24 15:30
pt | dia 5 | 12-05 -
pt | 5 de dezembro às três e meia | 12-05 15:30
pt | quinze para as três | - 14:45
pt | meio-dia e meia | - 12:30
pt | hoje à noite às 8 | 11-22 20:00
pt | no sábado de manhã | 11-28 -
pt | daqui a duas horas | 11-22 12:00
pt | sexta da semana que vem | 11-27 -
pt | segunda-feira, 15h | 11-23 15:00
es | miercoles a las 5 |  11-25 17:00
es | mierocles | 11-25 -
es | el viernes que viene | 11-27 -
es | desde las 3 |
es | a las 17.15 | - 17:15
es | el viernes no |
es | no puedo el viernes |
es | ¿mañana? |
fr | le vendredi 4 | 12-04 -
es | el viernes 4 | 12-04 -
es | el viernes 5 |
de | am Freitag Nachmittag | 11-27 -
es | el viernes 4 a las 10 | 12-04 10:00
fr | vendredi prochain | 11-27 -
fr | mecredi 15h | 11-25 15:00
fr | pas vendredi |
fr | mardi en huit |
fr | le mardi 1er décembre à 9h | 12-01 09:00
fr | 8h du mat | - 08:00
es | la mañana |
de | 8 Uhr früh | - 08:00
de | Freitag zu früh |
fr | vendredi ou samedi |
fr | après 15h |
de | nächsten Freitag | 11-27 -
de | naechsten Freitag um 15 Uhr | 11-27 15:00
de | Freitag nicht |
de | Donerstag | 11-26 -
de | in vierzehn Tagen | 12-06 -
de | in acht Tagen |
de | Samstag oder Sonntag |
pt | próxima sexta | 11-27 -
pt | sexta não |
pt | depois das 15h |
"""


def told(when: When | None) -> str:
    if when is None:
        return ""
    year = "%m-%d" if when.day and when.day.year == SUNDAY.year else "%Y-%m-%d"
    day = when.day.strftime(year) if when.day else "-"
    return f"{day} {when.time.isoformat('minutes') if when.time else '-'}"


@pytest.mark.parametrize("row", REPLIES.strip().splitlines())
def test_a_day_and_a_time_are_read_as_people_write_them(row: str) -> None:
    language, text, meant = (part.strip() for part in f"{row} ".split("|"))
    read = understand_when(text, now=SUNDAY, languages=(language, "en"), day_first=True)
    assert told(read) == meant


@pytest.mark.parametrize(
    ("language", "text"),
    [("es", "el viernes que viene"), ("fr", "vendredi prochain"), ("de", "nächsten Freitag")],
)
def test_a_next_friday_that_some_mean_for_this_week_is_asked_again(
    language: str, text: str
) -> None:
    assert understand_when(text, now=WEDNESDAY, languages=(language, "en")) is None


@pytest.mark.parametrize(
    ("language", "text", "hour"),
    [("es", "3 y media", "15:30"), ("fr", "15", "15:00"), ("de", "halb neun", "08:30")],
)
def test_a_time_alone_is_read_where_the_day_is_known(language: str, text: str, hour: str) -> None:
    read = understand_time(text, now=SUNDAY, languages=(language, "en"))
    assert read is not None
    assert read.isoformat("minutes") == hour
