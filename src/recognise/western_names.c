#include "recognise/western_names.h"

#include "base/sorted.h"
#include "recognise/fold.h"

/* In order of the alphabet; what is also a word for things (art, grace, hope) is left out. */
static const kk_slice given_names[] = {
    KK_WORD("aaron"),       KK_WORD("adam"),       KK_WORD("ahmad"),     KK_WORD("ahmed"),
    KK_WORD("alan"),        KK_WORD("albert"),     KK_WORD("alex"),      KK_WORD("alexander"),
    KK_WORD("alexandra"),   KK_WORD("alice"),      KK_WORD("alicia"),    KK_WORD("amanda"),
    KK_WORD("amy"),         KK_WORD("ana"),        KK_WORD("andrea"),    KK_WORD("andreas"),
    KK_WORD("andrew"),      KK_WORD("andy"),       KK_WORD("angela"),    KK_WORD("ann"),
    KK_WORD("anna"),        KK_WORD("anne"),       KK_WORD("anthony"),   KK_WORD("antonio"),
    KK_WORD("arjun"),       KK_WORD("arthur"),     KK_WORD("barbara"),   KK_WORD("ben"),
    KK_WORD("benjamin"),    KK_WORD("beth"),       KK_WORD("bill"),      KK_WORD("bob"),
    KK_WORD("brandon"),     KK_WORD("brian"),      KK_WORD("bruce"),     KK_WORD("budi"),
    KK_WORD("carl"),        KK_WORD("carla"),      KK_WORD("carlos"),    KK_WORD("carol"),
    KK_WORD("caroline"),    KK_WORD("catherine"),  KK_WORD("charles"),   KK_WORD("charlotte"),
    KK_WORD("chris"),       KK_WORD("christian"),  KK_WORD("christina"), KK_WORD("christine"),
    KK_WORD("christopher"), KK_WORD("cindy"),      KK_WORD("claire"),    KK_WORD("clara"),
    KK_WORD("craig"),       KK_WORD("cynthia"),    KK_WORD("dan"),       KK_WORD("daniel"),
    KK_WORD("daniela"),     KK_WORD("dave"),       KK_WORD("david"),     KK_WORD("deborah"),
    KK_WORD("deepak"),      KK_WORD("dennis"),     KK_WORD("derek"),     KK_WORD("diana"),
    KK_WORD("diego"),       KK_WORD("dmitry"),     KK_WORD("donald"),    KK_WORD("donna"),
    KK_WORD("dorothy"),     KK_WORD("douglas"),    KK_WORD("edward"),    KK_WORD("eleanor"),
    KK_WORD("elena"),       KK_WORD("elizabeth"),  KK_WORD("ella"),      KK_WORD("emily"),
    KK_WORD("emma"),        KK_WORD("eric"),       KK_WORD("erik"),      KK_WORD("ernest"),
    KK_WORD("eva"),         KK_WORD("evelyn"),     KK_WORD("fatima"),    KK_WORD("felix"),
    KK_WORD("fernando"),    KK_WORD("francesca"),  KK_WORD("francis"),   KK_WORD("frank"),
    KK_WORD("fred"),        KK_WORD("gabriel"),    KK_WORD("gary"),      KK_WORD("george"),
    KK_WORD("gerald"),      KK_WORD("gina"),       KK_WORD("giovanni"),  KK_WORD("giulia"),
    KK_WORD("gloria"),      KK_WORD("gordon"),     KK_WORD("greg"),      KK_WORD("gregory"),
    KK_WORD("hannah"),      KK_WORD("hans"),       KK_WORD("harold"),    KK_WORD("harry"),
    KK_WORD("hassan"),      KK_WORD("heather"),    KK_WORD("helen"),     KK_WORD("henry"),
    KK_WORD("hoa"),         KK_WORD("howard"),     KK_WORD("huong"),     KK_WORD("ian"),
    KK_WORD("ibrahim"),     KK_WORD("igor"),       KK_WORD("ingrid"),    KK_WORD("irene"),
    KK_WORD("isabel"),      KK_WORD("isabella"),   KK_WORD("ivan"),      KK_WORD("jack"),
    KK_WORD("jacob"),       KK_WORD("jacqueline"), KK_WORD("james"),     KK_WORD("jamie"),
    KK_WORD("jan"),         KK_WORD("jane"),       KK_WORD("janet"),     KK_WORD("jason"),
    KK_WORD("javier"),      KK_WORD("jean"),       KK_WORD("jeff"),      KK_WORD("jeffrey"),
    KK_WORD("jennifer"),    KK_WORD("jeremy"),     KK_WORD("jerry"),     KK_WORD("jessica"),
    KK_WORD("jim"),         KK_WORD("joan"),       KK_WORD("joanna"),    KK_WORD("joe"),
    KK_WORD("joel"),        KK_WORD("johan"),      KK_WORD("john"),      KK_WORD("johnny"),
    KK_WORD("jonathan"),    KK_WORD("jorge"),      KK_WORD("jose"),      KK_WORD("joseph"),
    KK_WORD("joshua"),      KK_WORD("joyce"),      KK_WORD("juan"),      KK_WORD("judith"),
    KK_WORD("judy"),        KK_WORD("julia"),      KK_WORD("julian"),    KK_WORD("julie"),
    KK_WORD("justin"),      KK_WORD("karen"),      KK_WORD("karl"),      KK_WORD("kate"),
    KK_WORD("katherine"),   KK_WORD("kathleen"),   KK_WORD("kathy"),     KK_WORD("keith"),
    KK_WORD("kelly"),       KK_WORD("ken"),        KK_WORD("kenneth"),   KK_WORD("kevin"),
    KK_WORD("khanh"),       KK_WORD("kim"),        KK_WORD("kumar"),     KK_WORD("kyle"),
    KK_WORD("larry"),       KK_WORD("laura"),      KK_WORD("lauren"),    KK_WORD("laurent"),
    KK_WORD("lawrence"),    KK_WORD("leah"),       KK_WORD("lee"),       KK_WORD("leo"),
    KK_WORD("leon"),        KK_WORD("leonard"),    KK_WORD("li"),        KK_WORD("lily"),
    KK_WORD("linda"),       KK_WORD("ling"),       KK_WORD("linh"),      KK_WORD("lisa"),
    KK_WORD("liz"),         KK_WORD("louis"),      KK_WORD("louise"),    KK_WORD("lucas"),
    KK_WORD("lucia"),       KK_WORD("lucy"),       KK_WORD("luis"),      KK_WORD("luke"),
    KK_WORD("lydia"),       KK_WORD("marco"),      KK_WORD("margaret"),  KK_WORD("maria"),
    KK_WORD("mariana"),     KK_WORD("marie"),      KK_WORD("mark"),      KK_WORD("marta"),
    KK_WORD("martha"),      KK_WORD("martin"),     KK_WORD("marvin"),    KK_WORD("mary"),
    KK_WORD("matteo"),      KK_WORD("matthew"),    KK_WORD("maurice"),   KK_WORD("megan"),
    KK_WORD("mei"),         KK_WORD("melanie"),    KK_WORD("melissa"),   KK_WORD("michael"),
    KK_WORD("michelle"),    KK_WORD("miguel"),     KK_WORD("mike"),      KK_WORD("minh"),
    KK_WORD("minjun"),      KK_WORD("mohamed"),    KK_WORD("mohammad"),  KK_WORD("mohammed"),
    KK_WORD("monica"),      KK_WORD("muhammad"),   KK_WORD("nancy"),     KK_WORD("natalia"),
    KK_WORD("natalie"),     KK_WORD("nathan"),     KK_WORD("neil"),      KK_WORD("nguyen"),
    KK_WORD("nicholas"),    KK_WORD("nick"),       KK_WORD("nicola"),    KK_WORD("nicole"),
    KK_WORD("nina"),        KK_WORD("nora"),       KK_WORD("oliver"),    KK_WORD("olivia"),
    KK_WORD("omar"),        KK_WORD("oscar"),      KK_WORD("pablo"),     KK_WORD("pamela"),
    KK_WORD("patricia"),    KK_WORD("patrick"),    KK_WORD("paul"),      KK_WORD("paula"),
    KK_WORD("pedro"),       KK_WORD("peter"),      KK_WORD("pham"),      KK_WORD("philip"),
    KK_WORD("philippe"),    KK_WORD("phillip"),    KK_WORD("pierre"),    KK_WORD("priya"),
    KK_WORD("rachel"),      KK_WORD("rafael"),     KK_WORD("rahul"),     KK_WORD("raj"),
    KK_WORD("ralph"),       KK_WORD("ravi"),       KK_WORD("raymond"),   KK_WORD("rebecca"),
    KK_WORD("ricardo"),     KK_WORD("richard"),    KK_WORD("rita"),      KK_WORD("robert"),
    KK_WORD("roberto"),     KK_WORD("robin"),      KK_WORD("rodrigo"),   KK_WORD("roger"),
    KK_WORD("roland"),      KK_WORD("ronald"),     KK_WORD("rosa"),      KK_WORD("ruth"),
    KK_WORD("ryan"),        KK_WORD("sam"),        KK_WORD("samantha"),  KK_WORD("samuel"),
    KK_WORD("sandra"),      KK_WORD("sanjay"),     KK_WORD("sara"),      KK_WORD("sarah"),
    KK_WORD("scott"),       KK_WORD("sean"),       KK_WORD("sergei"),    KK_WORD("sergio"),
    KK_WORD("sharon"),      KK_WORD("sheila"),     KK_WORD("shirley"),   KK_WORD("simon"),
    KK_WORD("sofia"),       KK_WORD("sophia"),     KK_WORD("sophie"),    KK_WORD("stanley"),
    KK_WORD("stefan"),      KK_WORD("stephanie"),  KK_WORD("stephen"),   KK_WORD("steve"),
    KK_WORD("steven"),      KK_WORD("stuart"),     KK_WORD("sunil"),     KK_WORD("suresh"),
    KK_WORD("susan"),       KK_WORD("susanne"),    KK_WORD("sylvia"),    KK_WORD("teresa"),
    KK_WORD("theresa"),     KK_WORD("thi"),        KK_WORD("thomas"),    KK_WORD("tim"),
    KK_WORD("timothy"),     KK_WORD("tom"),        KK_WORD("tony"),      KK_WORD("tran"),
    KK_WORD("tuan"),        KK_WORD("ursula"),     KK_WORD("valentina"), KK_WORD("vanessa"),
    KK_WORD("vera"),        KK_WORD("veronica"),   KK_WORD("victor"),    KK_WORD("victoria"),
    KK_WORD("vijay"),       KK_WORD("vincent"),    KK_WORD("virginia"),  KK_WORD("vladimir"),
    KK_WORD("walter"),      KK_WORD("wang"),       KK_WORD("wayne"),     KK_WORD("wei"),
    KK_WORD("wendy"),       KK_WORD("william"),    KK_WORD("xin"),       KK_WORD("yang"),
    KK_WORD("yuri"),        KK_WORD("yusuf"),      KK_WORD("yvonne"),    KK_WORD("zhang"),
    KK_WORD("zhao"),        KK_WORD("zoe"),
};

static bool is_given_name(kk_slice word)
{
    size_t at = 0;
    KK_LOWER_BOUND(at, KK_COUNT(given_names), kk_compare(given_names[at], word) < 0);
    return at < KK_COUNT(given_names) && kk_eq(given_names[at], word);
}

bool kk_has_western_given_name(kk_arena *scratch, kk_slice plain)
{
    kk_slice rest = kk_lower(scratch, plain), word;
    while (kk_split(&rest, ' ', &word)) {
        while (word.len && kk_find_byte(KK_S(",."), word.ptr[word.len - 1]) != KK_NOWHERE)
            word.len--;
        if (is_given_name(word))
            return true;
    }
    return false;
}
