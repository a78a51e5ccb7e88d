using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Strata.Api.Structural;

/// <summary>Patterns of schemas are in RE2 syntax; this makes the same of them in .NET, matched in time linear to the text as RE2 does.</summary>
/// <remarks>github.com/google/re2/wiki/Syntax. What differs: Perl classes are ASCII in RE2, <c>$</c> is the end of the text, classes may hold POSIX names, and look-around and
/// back references do not exist. A character beyond the basic plane counts as two in classes and repetitions, which only patterns about such characters notice.</remarks>
internal sealed class Re2Pattern
{
    private static readonly Dictionary<string, string> PosixClasses = new(StringComparer.Ordinal)
    {
        ["alnum"] = "0-9A-Za-z",
        ["alpha"] = "A-Za-z",
        ["ascii"] = @"\x00-\x7F",
        ["blank"] = @"\t ",
        ["cntrl"] = @"\x00-\x1F\x7F",
        ["digit"] = "0-9",
        ["graph"] = "!-~",
        ["lower"] = "a-z",
        ["print"] = " -~",
        ["punct"] = @"!-/:-@\[-`{-~",
        ["space"] = @"\t\n\v\f\r ",
        ["upper"] = "A-Z",
        ["word"] = "0-9A-Za-z_",
        ["xdigit"] = "0-9A-Fa-f",
    };

    private readonly string _source;
    private readonly StringBuilder _target = new();
    private int _position;
    private bool _isMultiline;

    private Re2Pattern(string source) => _source = source;

    /// <summary>Compiles a pattern.</summary>
    /// <param name="problem">What is wrong with it; empty when nothing is.</param>
    public static bool TryCompile(string source, [NotNullWhen(true)] out Regex? compiled, out string problem)
    {
        try
        {
            compiled = new Regex(new Re2Pattern(source).Translate(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            problem = "";
            return true;
        }
        catch (Exception refused) when (refused is ArgumentException or NotSupportedException or FormatException)
        {
            compiled = null;
            problem = refused is FormatException ? refused.Message : "error parsing regexp";
            return false;
        }
    }

    private string Translate()
    {
        while (_position < _source.Length)
        {
            var character = _source[_position++];
            switch (character)
            {
                case '\\':
                    Escape(inClass: false);
                    break;
                case '[':
                    Class();
                    break;
                case '(' when Peek() == '?':
                    Group();
                    break;
                case '$' when !_isMultiline:
                    _target.Append(@"\z");
                    break;
                default:
                    _target.Append(character);
                    break;
            }
        }

        return _target.ToString();
    }

    private char Peek() => _position < _source.Length ? _source[_position] : '\0';

    private char Next(string problem) => _position < _source.Length ? _source[_position++] : throw new FormatException($"error parsing regexp: {problem}: `{_source}`");

    private void Group()
    {
        var end = _source.IndexOfAny([':', ')', '>'], _position);
        var head = end < 0 ? throw new FormatException($"error parsing regexp: missing closing ): `{_source}`") : _source[_position..(end + 1)];
        if (head.StartsWith("?P<", StringComparison.Ordinal))
        {
            _target.Append("(?").Append(head.AsSpan(2));
        }
        else if (head.StartsWith("?<", StringComparison.Ordinal) && head.Length > 3 && (char.IsLetter(head[2]) || head[2] == '_'))
        {
            _target.Append('(').Append(head);
        }
        else if (head[^1] != '>' && head[1..^1].All(static flag => flag is 'i' or 'm' or 's' or '-'))
        {
            // Once (?m) has been seen, $ may mean the end of a line; that it is global here is a simplification for patterns that switch it off again.
            _isMultiline |= head.Contains('m', StringComparison.Ordinal);
            _target.Append('(').Append(head);
        }
        else
        {
            throw new FormatException($"error parsing regexp: invalid or unsupported Perl syntax: `({head}`");
        }

        _position = end + 1;
    }

    private void Escape(bool inClass)
    {
        var character = Next("trailing backslash at end of expression");
        switch (character)
        {
            case 'd' or 'w' or 's':
                var set = PosixClasses[character == 'd' ? "digit" : character == 'w' ? "word" : "space"];
                set = character == 's' ? set.Replace(@"\v", "", StringComparison.Ordinal) : set;
                _target.Append(inClass ? set : $"[{set}]");
                break;
            case 'D' when inClass:
                _target.Append(@"\x00-/:-\uFFFF");
                break;
            case 'W' when inClass:
                _target.Append(@"\x00-/:-@\[-^`{-\uFFFF");
                break;
            case 'S' when inClass:
                _target.Append(@"\x00-\x08\x0B\x0E-\x1F!-\uFFFF");
                break;
            case 'D' or 'W' or 'S':
                var excluded = PosixClasses[character == 'D' ? "digit" : character == 'W' ? "word" : "space"];
                _target.Append("[^").Append(character == 'S' ? excluded.Replace(@"\v", "", StringComparison.Ordinal) : excluded).Append(']');
                break;
            case 'p' or 'P':
                UnicodeClass(character);
                break;
            case 'Q' when !inClass:
                Literal();
                break;
            case 'x':
                Hexadecimal();
                break;
            case 'A' or 'z' or 'b' or 'B' when !inClass:
                _target.Append('\\').Append(character);
                break;
            case 'a' or 'f' or 't' or 'n' or 'r' or 'v':
                _target.Append('\\').Append(character);
                break;
            case '0':
                _target.Append(@"\x00");
                break;
            case var other when !char.IsAsciiLetterOrDigit(other):
                _target.Append('\\').Append(other);
                break;
            default:
                throw new FormatException($"error parsing regexp: invalid escape sequence: `\\{character}`");
        }
    }

    private void UnicodeClass(char kind)
    {
        var name = Next("invalid character class range").ToString();
        if (name == "{")
        {
            var end = _source.IndexOf('}', _position);
            name = end < 0 ? throw new FormatException($"error parsing regexp: invalid character class range: `{_source}`") : _source[_position..end];
            _position = end + 1;
        }

        if (name.StartsWith('^'))
        {
            kind = kind == 'p' ? 'P' : 'p';
            name = name[1..];
        }

        // .NET knows general categories; of scripts, those that are one block.
        name = name switch { "Greek" => "IsGreek", "Cyrillic" => "IsCyrillic", "Hebrew" => "IsHebrew", "Arabic" => "IsArabic", _ => name };
        _target.Append('\\').Append(kind).Append('{').Append(name).Append('}');
    }

    private void Literal()
    {
        var end = _source.IndexOf(@"\E", _position, StringComparison.Ordinal);
        _target.Append(Regex.Escape(end < 0 ? _source[_position..] : _source[_position..end]));
        _position = end < 0 ? _source.Length : end + 2;
    }

    private void Hexadecimal()
    {
        var digits = Peek() == '{' && _source.IndexOf('}', _position) is > 0 and var end ? _source[(_position + 1)..end]
            : _position + 2 <= _source.Length ? _source.Substring(_position, 2)
            : "";
        if (!int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || code > 0x10FFFF || code is >= 0xD800 and <= 0xDFFF)
        {
            throw new FormatException($"error parsing regexp: invalid escape sequence: `\\x{digits}`");
        }

        _position += Peek() == '{' ? digits.Length + 2 : 2;
        _target.Append(code <= 0xFFFF ? string.Create(CultureInfo.InvariantCulture, $"\\u{code:X4}") : char.ConvertFromUtf32(code));
    }

    private void Class()
    {
        _target.Append('[');
        if (Peek() == '^')
        {
            _target.Append('^');
            _position++;
        }

        // A bracket that comes first is a character.
        if (Peek() == ']')
        {
            _target.Append(@"\]");
            _position++;
        }

        while (true)
        {
            var character = Next("missing closing ]");
            switch (character)
            {
                case ']':
                    _target.Append(']');
                    return;
                case '[' when Peek() == ':' && _source.IndexOf(":]", _position, StringComparison.Ordinal) is > 0 and var end:
                    var name = _source[(_position + 1)..end];
                    _target.Append(PosixClasses.TryGetValue(name, out var set)
                        ? set
                        : throw new FormatException($"error parsing regexp: invalid character class range: `[:{name}:]`"));
                    _position = end + 2;
                    break;
                case '[':
                    _target.Append(@"\["); // Unescaped it could begin a subtraction in .NET.
                    break;
                case '\\':
                    Escape(inClass: true);
                    break;
                default:
                    _target.Append(character);
                    break;
            }
        }
    }
}
