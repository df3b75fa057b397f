-- search_words(text): the words of a text as search reads them, in a list: in small letters, without the diacritics of
-- Latin, Greek and Cyrillic letters and without the ending of a plural or genitive. Signs of scripts without spaces (Thai,
-- Chinese, Japanese ...) are a word each. The index is made by the same rules.
CREATE MACRO search_words(text) AS
list_transform(
    list_transform(
        regexp_extract_all(
            regexp_replace(
                regexp_replace(
                    array_to_string(
                        list_transform(
                            regexp_extract_all(
                                replace(replace(replace(replace(replace(replace(
                                    translate(
                                        -- What is behind a zero byte would get lost.
                                        lower(replace(nfc_normalize(replace(text::VARCHAR, chr(0), ' ')), 'İ', 'i')),
                                        'ςøłđıð',
                                        'σoldid'
                                    ),
                                'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'), 'ﬁ', 'fi'), 'ﬂ', 'fl'),
                                '(?s).'
                            ),
                            lambda sign: CASE
                                WHEN sign BETWEEN 'À' AND 'ԯ' OR sign BETWEEN 'Ḁ' AND chr(8191) THEN strip_accents(sign)
                                ELSE sign
                            END
                        ),
                        ''
                    ),
                    -- The s of a genitive.
                    '([a-z0-9])[''\x{2018}\x{2019}\x{2bc}\x{2032}\x{b4}`]s\b',
                    '\1',
                    'g'
                ),
                -- Diacritics, apostrophes, and what cannot be seen.
                '[\x{300}-\x{36f}''\x{2018}\x{2019}\x{2bc}\x{2032}\x{b4}`\x{ad}\x{200b}-\x{200f}\x{202a}-\x{202e}'
                '\x{2060}-\x{2064}\x{fe00}-\x{fe0f}\x{feff}]',
                '',
                'g'
            ),
            -- One sign of a script without spaces, or a run of what is neither that nor white space, punctuation or a
            -- symbol.
            '[\x{e01}-\x{e4e}\x{e50}-\x{e59}\x{e80}-\x{eff}\x{1000}-\x{1049}\x{1050}-\x{109f}\x{1780}-\x{17d3}'
            '\x{3005}-\x{3007}\x{3041}-\x{30fa}\x{30fc}-\x{30ff}\x{31f0}-\x{31ff}\x{3400}-\x{4dbf}\x{4e00}-\x{9fff}'
            '\x{f900}-\x{faff}\x{ff66}-\x{ff9d}\x{20000}-\x{3ffff}]|'
            '[^\x{0}-/:-`{-\x{a9}\x{ab}-\x{b4}\x{b6}-\x{b9}\x{bb}-\x{bf}\x{d7}\x{f7}\x{55a}-\x{55f}\x{589}\x{58a}'
            '\x{5be}\x{5c0}\x{5c3}\x{5c6}\x{5f3}\x{5f4}\x{60c}\x{60d}\x{61b}\x{61e}\x{61f}\x{66a}-\x{66d}\x{6d4}'
            '\x{700}-\x{70d}\x{964}\x{965}\x{970}\x{df4}\x{e4f}\x{e5a}\x{e5b}\x{f04}-\x{f14}\x{f3a}-\x{f3d}'
            '\x{104a}-\x{104f}\x{1361}-\x{1368}\x{1680}\x{17d4}-\x{17da}\x{1800}-\x{180a}\x{2000}-\x{2bff}'
            '\x{2e00}-\x{2e7f}\x{3000}-\x{3004}\x{3008}-\x{3020}\x{3030}\x{303d}\x{30fb}\x{e000}-\x{f8ff}\x{fd3e}'
            '\x{fd3f}\x{fe10}-\x{fe6f}\x{ff00}-\x{ff0f}\x{ff1a}-\x{ff20}\x{ff3b}-\x{ff40}\x{ff5b}-\x{ff65}'
            '\x{ffe0}-\x{ffff}\x{1f000}-\x{1faff}\x{e0000}-\x{10ffff}\x{e01}-\x{e4e}\x{e50}-\x{e59}\x{e80}-\x{eff}'
            '\x{1000}-\x{1049}\x{1050}-\x{109f}\x{1780}-\x{17d3}\x{3005}-\x{3007}\x{3041}-\x{30fa}\x{30fc}-\x{30ff}'
            '\x{31f0}-\x{31ff}\x{3400}-\x{4dbf}\x{4e00}-\x{9fff}\x{f900}-\x{faff}\x{ff66}-\x{ff9d}\x{20000}-\x{3ffff}]+'
        ),
        lambda word: word[1:64]
    ),
    lambda word: CASE
        WHEN word = 'news' THEN word
        WHEN regexp_full_match(word, '[a-z]+uses') THEN word[1:-3]
        WHEN regexp_full_match(word, '[a-z]+use') THEN word[1:-2]
        WHEN regexp_full_match(word, '[a-z]+[b-df-z]ies') THEN word[1:-4] || 'y'
        WHEN regexp_full_match(word, '[a-z]+(ch|sh|ss|x)es') THEN word[1:-3]
        WHEN regexp_full_match(word, '[a-z]{2,}[a-hj-rtv-z]s') THEN word[1:-2]
        ELSE word
    END
)
