/** Made-up customers' names in five scripts, each with how it is written in an e-mail address. */

type Name = readonly [written: string, romanised: string]

export interface NameList {
  /** BCP 47 */
  language: string
  given: readonly Name[]
  family: readonly Name[]
}

/** One word is both. */
const same = (words: string): Name[] => words.split(' ').map((word) => [word, word.toLowerCase()])
/** `written=romanised`, separated by spaces. */
const pairs = (words: string): Name[] =>
  words.split(' ').map((word) => {
    const [written = '', romanised = ''] = word.split('=')
    return [written, romanised]
  })

export const NAMES: readonly NameList[] = [
  {
    language: 'en-US',
    given: same(
      'Grace Alan Edsger Barbara Donald Frances Niklaus Radia Dennis Karen Tony Margaret Leslie Katherine Ken Joan Ivan Hedy',
    ),
    family: same(
      'Hopper Turing Liskov Knuth Allen Wirth Perlman Ritchie Hoare Hamilton Lamport Johnson Thompson Clarke Sutherland Lamarr',
    ),
  },
  {
    language: 'am-ET',
    given: pairs(
      'አበበ=abebe ሰላም=selam ዳዊት=dawit ሄለን=helen ሙሉጌታ=mulugeta ትዕግስት=tigist ዮሐንስ=yohannes ማርታ=marta ብርሃኑ=birhanu አስቴር=aster ተስፋዬ=tesfaye ሊያ=liya ኤልያስ=elias ቤተልሔም=betelhem',
    ),
    family: pairs(
      'ቢቂላ=bikila ከበደ=kebede ተሰማ=tessema አለማየሁ=alemayehu ወልደማርያም=woldemariam ግርማ=girma ኃይሌ=haile በቀለ=bekele ታደሰ=tadesse መኮንን=mekonnen',
    ),
  },
  {
    language: 'hy-AM',
    given: pairs(
      'Անահիտ=anahit Արամ=aram Նարե=nare Տիգրան=tigran Մարիամ=mariam Հայկ=hayk Լիլիթ=lilit Դավիթ=davit Սոնա=sona Գևորգ=gevorg Աստղիկ=astghik Վահան=vahan Էլեն=elen Սարգիս=sargis',
    ),
    family: pairs(
      'Սարգսյան=sargsyan Հակոբյան=hakobyan Պետրոսյան=petrosyan Գրիգորյան=grigoryan Մկրտչյան=mkrtchyan Խաչատրյան=khachatryan Հովհաննիսյան=hovhannisyan Ավետիսյան=avetisyan Մարտիրոսյան=martirosyan Եղիազարյան=yeghiazaryan',
    ),
  },
  {
    language: 'az-AZ',
    given: pairs(
      'İlham=ilham Leyla=leyla Rəşad=rashad Aygün=aygun Elçin=elchin Şəbnəm=shabnam Orxan=orkhan Günay=gunay Kənan=kanan Nigar=nigar Tural=tural Səbinə=sabina Ülviyyə=ulviyya Cavid=javid',
    ),
    family: pairs(
      'Məmmədov=mammadov Əliyeva=aliyeva Hüseynov=huseynov Quliyeva=guliyeva İsmayılov=ismayilov Həsənova=hasanova Rzayev=rzayev Cəfərova=jafarova Abbasov=abbasov Ağayeva=agayeva',
    ),
  },
  {
    language: 'sw-KE',
    given: same(
      'Amani Zuhura Juma Neema Baraka Asha Hamisi Rehema Salim Wanjiru Otieno Zawadi Mwajuma Kamau Furaha Idi Saida Mosi',
    ),
    family: same(
      'Mwangi Ochieng Kariuki Mwakyembe Njoroge Abdallah Mushi Omondi Wekesa Kimani Shaban Kiprop Nyerere Macha',
    ),
  },
]
