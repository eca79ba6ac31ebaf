"""The taals as data, read by `riyaz.tabla.taals`: facts with the letters of their sources.

Sources: T Tabalchi, K tabla-notation, W tablatheka, O onushilon, L the lecture, DT DigiTabla (after Misra, Tal Prabandh,
2006), RB rudrabeena.com, TN Tabla Nawaz. DigiTabla and Tabalchi print the same thekas and count as one source. Where a
source gives only claps and khalis, the vibhags are counted from them.
"""

# ruff: noqa: E501

# title; vibhags; signs; sources. Then the theka (- where no source prints one), and the variants.
TABLE = """
Dadra; 3+3; X 0; T K
  Dha Dhi Na | Dha Tu Na
Rupak; 3+2+2; 0 2 3; T K
  Tin Tin Na | Dhi Na | Dhi Na
Tivra; 3+2+2; X 2 3; T W
  Dha Din Ta | TeTe KaTa | GaDi GaNa
Pashto; 3+2+2; X 2 3; T W
  Tin - TiRaKiTa | Dhin - | Dha Ge
Keherwa; 4+4; X 0; T K
  Dha Ge Na Ti | Na Ka Dhi Na
Dhumali; 2+2+2+2; X 2 0 3; T
  Dhin Dhin | Dha Tin | TiRaKiTa Dhin | DhaGe TiRaKiTa
Matta; 2+2+2+3; X 2 0 3; W
  Dhin TiRaKiTa | Dhin Na | Tu Na | DhinDhin NaDhin DhinNa
Jhaptal; 2+3+2+3; X 2 0 3; T K
  Dhi Na | Dhi Dhi Na | Ti Na | Dhi Dhi Na
Sooltal; 2+2+2+2+2; X 0 2 3 0; T
  Dha Dha | Din Ta | KiTa Dha | TeTe KaTa | GaDi GaNa
  variant: tabla-notation has the signs X 2 0 3 4
Ektal; 2+2+2+2+2+2; X 0 2 0 3 4; T K
  Dhin Dhin | DhaGe TiRaKiTa | Tu Na | Kat Ta | DhaGe TiRaKiTa | Dhin Na
Chautal; 2+2+2+2+2+2; X 0 2 0 3 4; T K W
  Dha Dha | Din Ta | KiTa Dha | Din Ta | TeTe KaTa | GaDi GaNa
Khemta; 3+3+3+3; X 2 0 3; W
  Dha Ti Te | Na Dhi Na | Ta Ti Te | Dha Dhi Na
Dhamar; 5+2+3+4; X 2 0 3; T K
  Ka Dhi Tt Dhi Tt | Dha - | Ga Ti Tt | Ti Tt Ta -
  variant: the closed Ta is often written Te
Deepchandi; 3+4+3+4; X 2 0 3; K
  Dha Dhin - | Dha Dha Tin - | Ta Tin - | Dha Dha Dhin -
  variant: Dha Ge in place of Dha Dha
Jat; 3+4+3+4; X 2 0 3; O
  Dha Dhin - | Dha Ge Tin - | Na Tin - | Dha Ge Dhin -
  variant: the name is also given to a cycle of 16 matras
Jhumra; 3+4+3+4; X 2 0 3; T
  Dhin -Dha TiRaKiTa | Dhin Dhin DhaGe TiRaKiTa | Tin -Ta TiRaKiTa | Dhin Dhin DhaGe TiRaKiTa
Ada Chautal; 2+2+2+2+2+2+2; X 2 0 3 0 4 0; T K
  Dhin TiRaKiTa | Dhi Na | Tu Na | Kat Ta | TiRaKiTa Dhi | Na Dhi | Dhi Na
Farodast; 2+2+2+2+2+2+2; X 0 2 0 3 4 5; T W
  Dhin Dhin | DhaGe TiRaKiTa | Tu Na | Kat Ta | DhinNa KaDha | TiRaKiTa DhinNa | KaDha TiRaKiTa
  variant: matras 9 to 14 differ from school to school
Pancham Sawari; 3+4+4+4; X 2 0 3; T K W
  Dhi Na DhiDhi | Kat DhiDhi NaDhi DhiNa | TinKra TinNa TiRaKiTa TuNa | KatTa DhiDhi NaDhi DhiNa
  variant: vibhags 4+3+5+3 are also taught
  variant: vibhags 4+4+4+3 are also taught
Teental; 4+4+4+4; X 2 0 3; T K L
  Dha Dhin Dhin Dha | Dha Dhin Dhin Dha | Dha Tin Tin Ta | Ta Dhin Dhin Dha
  variant: Na on matra 9
  variant: TeTe on matra 13
Tilwada; 4+4+4+4; X 2 0 3; T K
  Dha TiRaKiTa Dhin Dhin | Dha Dha Tin Tin | Ta TiRaKiTa Dhin Dhin | Dha Dha Dhin Dhin
  variant: Tabalchi has TiRaKiTa Tin Tin in vibhag 3
Sitarkhani; 4+4+4+4; X 2 0 3; T W
  Dha -Dhin -Ka Dha | Dha -Dhin -Ka Dha | Dha -Tin -Ka Ta | Ta -Dhin -Ka Dha
  variant: Tabalchi and tablatheka write -Ti in vibhag 3 and -Dhe in vibhag 4
Shikhar; 6+6+2+3; X 0 2 3; T O
  Dha TiRaKiTa DhinNa NaKa Tu Ga | DhinNa NaKa DhinNa KiTa TaKa Dhet | Dha TeTe | KaTa GaDi GeNe
Jhampak; 3+2; X 2; O
  Dhin Dhin Na | Dhin Na
Jat 8; 2+2+2+2; X 2 0 3; O T
  Dha Dhin | Dha,DhaDha Tin | Na Tin | Dha,DhaDha Tin
Thungri; 4+4; X 0; RB
  Dha Dhin NaGe TeTe | Dha Tu NaNa TeTe
Basant; 1+1+1+1+1+1+1+1+1; X 2 3 4 0 5 0 6 0; DT W
  Dha | Din | Ta | Dhet | Ta | TeTe | KaTa | GaDi | GaNa
Jhap Sawari; 2+3+2+2; X 2 0 3; DT
  Dhi Na | Dhi Dhi Na | KatTa DhiDhi | NaDhi DhiNa
Anka; 2+4+3; X 2 3; T
  -
Matta 9 B; 3+3+3; X 2 0; O
  Dhin TiRaKiTa Dhin | Na Tin Na | DhinDhin NaDhin DhinNa
  variant: the text beside it names no khali
Sulfakta; 2+2+3+3; X 2 3 4; T
  -
  variant: the vibhags are counted from its claps at 1, 3, 5, 8
At 10; 3+3+2+2; X 2 3 0; O T
  Dha Dhet Ta | TeTe GeNa Ta | TeTe DheTe | KiTa KaTa
Rudra; 1+1+1+1+1+1+1+1+1+1+1; X 0 2 3 4 0 5 6 7 8 0; DT
  Dha | Tet | Dha | TiRaKiTa | Dhi | Na | TiRaKiTa | Tu | Na | Kat | Ta
  variant: onushilon has the signs X 2 0 3 4 5 0 6 7 8 0 and another theka
Kumbh; 1+1+1+1+1+1+1+1+1+1+1; X 0 2 3 4 0 5 6 7 8 0; DT
  Dha | DhiNa | TaKa | TeTe | Dha | GeRe | NaGe | TeTe | KaTa | GaDi | GaNa
Ashtamangal; 1+1+1+1+1+1+1+1+1+1+1; X 0 2 3 0 4 5 0 6 7 8; DT
  Dhi | Na | Dhi | Dhi | Na | Dhi | Dhi | Na | DhaGe | NaDha | TraKa
Mani; 3+2+3+3; X 2 0 3; T
  -
Char Taal ki Sawari; 2+2+2+2+1+2; X 2 0 3 4 5; T
  -
Indraleen; 1+2+2+3+3; X 0 2 3 4; T
  -
Iktali; 4+2+5; X 2 3; T
  -
Uday; 5+2+5; X 2 3; T
  -
Vikram; 2+3+3+4; X 2 0 3; T
  -
Jai; 2+2+2+2+2+1+2; X 2 0 3 0 4 5; T W
  -
Lilawati; 4+4+3+2; X 2 3 4; DT
  Dhin Dhin Dha TraKa | Dhin - Tin Tin | Ta TraKa Dhin | Dhin -
Arnima; 2+5+2+2+2; X 2 0 3 4; T
  -
Brahma; 1+1+1+1+1+1+1+1+1+1+1+1+1+1; X 0 2 3 0 4 5 6 0 7 8 9 10 0; DT
  Dha | Tet | Dhet | DhiNa | NaKa | Dhet | Dhet | DhiNa | NaKa | DhaGe | TeTe | KaTa | GaDi | GaNa
At 14; 3+2+3+2+2+2; X 0 2 0 3 4; O T
  Dha - Dha | Ge Tin | Ta Tit Dha | Din Ta | KiTa TaKa | GaDi GiNa
At 18; 4+3+3+4+2+2; X 0 2 0 3 4; O T
  -
At 22; 6+3+7+2+2+2; X 0 2 0 3 4; O T
  -
Gajajhampa; 4+4+3+4; X 2 0 3; DT
  Dha DhiNa NaKa TaKa | Dha DhiNa NaKa TaKa | Tin NaKa TaKa | TeTe KaTa GaDi GaNa
Chhoti Sawari; 4+4+4+3; X 2 3 4; DT RB
  Dha - Dha Di | Ga Na Dhun Te | Ki Ta Ta Ka | Dhi Na Ta
  variant: rudrabeena has Din on 4, Ta Kat on 5 and 6 and Dha Din TaKe at the end
  variant: Dhu Ma is written Dhun Te here
Indra; 4+4+2+2+3; X 2 3 4 5; T
  -
Bari Sawari; 2+2+2+2+2+2+2+2; X 0 2 0 3 4 5 0; DT
  Dhi Na | Dhi Na | DhiDhi DhiNa | DhiDhi DhiNa | Ta-TraKa TuNa | Ta-TraKa TuNa | KatTa- TraKaDhiNa | GiNaDhaGe NaDhaTraKa
Jat 16; 4+4+4+4; X 2 0 3; O W
  Dha - Dhin - | Dha Dha Dhin - | Ta - Tin - | Dha Dha Dhin -
  variant: DigiTabla has Tin on 7
Ikwai; 4+4+4+4; X 2 0 3; DT
  Dha - Ge Ge | Dha Ge - Ge | Ta - Ke Ke | Dha Ge - Ge
Tappa; 4+4+4+4; X 2 0 3; DT
  Dhin - Dha -Ge | Dha Dhin Ta -Kra | Tin - Ta -Ge | Dha Dhin Ta -Kra
Punjabi; 4+4+4+4; X 2 0 3; DT
  Dha -Dhin NaKa Dha | Dha -Dhin NaKa Dha | Dha -Tin NaKa Ta | Ta -Dhin NaKa Dha
Chachar; 4+4+4+4; X 2 0 3; T
  -
Gajamukh; 5+2+3+2+4; X 2 3 0 4; T
  -
Haunsvilas; 5+2+3+3+3; X 2 0 3 4; T
  -
Vishnu; 4+2+4+2+2+3; X 2 3 4 5 6; DT
  Dha - Ki Ta | Ta Ka | Dhun Te Ki Ta | Ta Ka | Dhe - | Dhi Na Ta
Churamani; 3+2+4+4+4; X 2 3 4 5; DT
  Dha Ka Ta | Tu Na | Dhi Dhi Na TraKa | Na Dhi Dhi Na | Dhi TraKa Dhi Na
Mayur; 2+4+6+5; X 2 3 4; DT
  Dha Dha | DhiNa NaKa Dhe Dhe | DhiNa NaKa Ki Ta Ta Ka | Ga Di Ga Na Ta
Matta 18; 2+2+2+2+2+2+2+2+2; X 0 2 3 0 4 5 6 0; DT O
  Dha - | Gi Ra | Na Ka | Gi Ra | Na Ka | Te Te | Ka Ta | Ga Di | Ga Na
  variant: onushilon begins with Dhi
Lakshmi; 1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1; X 2 3 0 4 5 6 0 7 8 9 10 11 12 13 14 15 0; DT TN
  DhinNa | DhinDha | TiRaKiTa | DhinNa | DhinDha | TiRaKiTa | DhaDha | TiRaKiTa | DhaDha | TiRaKiTa | DhinNa | DhinDha | TiRaKiTa | TuNa | KiRaNaGa | TaGe | Ta- | TiRaKiTa
  variant: onushilon has another theka with khali on 8 and 18
Navapanchatal; 2+4+4+4+4; X 2 3 4 5; RB
  Dha Dha | DhaGe TeTe Dhen Ta | TaGe TeTe Dhen Ta | TeTe KaTa GaDi GeNe | DhaGe TeTe TaGe TeTe
Ganesh; 4+4+4+2+4; X 2 3 4 5; DT
  Dha - Dhi Ta | Dhi Ta Dha - | Dha - Ki Ta | Ta Ka | Dha Di Ga Na
Shesh; 4+4+2+2+4+1+2; X 2 3 4 5 6 7; DT
  Dha - Ki Ta | Ta Ka Dhun Te | Ki Ta | Ta Ka | Dha - Ta - | Dha | GaDi GaNa
Arjun; 4+2+4+2+2+6; X 2 3 4 5 6; T
  -
Abhinandan; 4+2+4+2+2+4+2; X 2 3 4 5 6 7; T
  -
Ashtamangal 22; 2+2+2+2+2+2+2+2+2+2+2; X 0 2 3 0 4 5 0 6 7 8; DT
  Dha - | Ki Ta | Ta Ka | Dhun Te | Ki Ta | Ta Ka | Dhe - | Ta - | Ta Ka | Dha Di | Ga Na
Brahma 28; 2+2+2+2+2+2+2+2+2+2+2+2+2+2; X 0 2 3 0 4 5 6 0 7 8 9 10 0; DT
  Dha - | Ta - | Dha - | Di Na | Ta - | Ki Ta | Dha - | Din - | Ta - | Dha - | Te Te | Ka Ta | Ga Di | Ga Na
"""
