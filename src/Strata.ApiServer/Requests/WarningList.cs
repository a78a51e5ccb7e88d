namespace Strata.ApiServer.Requests;

/// <summary>The warnings of one request, no more than fit into headers: once they are longer than 4096 characters, each is cut to 256, and what still does not fit is left out.
/// Rules: apiserver: pkg/endpoints/filters/warning.go.</summary>
internal sealed class WarningList
{
    private const int MostCharacters = 4096;
    private const int LongestWhenCut = 256;

    private readonly HashSet<string> _known = [];
    private readonly List<string> _items = [];
    private int _characters;
    private bool _isCutting;
    private bool _isFull;

    public IReadOnlyList<string> Items => _items;

    public void Add(string warning)
    {
        if (_isFull || !_known.Add(warning))
        {
            return;
        }

        _items.Add(Cut(warning));
        _characters += _items[^1].Length;
        if (_characters > MostCharacters && !_isCutting)
        {
            _isCutting = true;
            for (var index = 0; index < _items.Count; index++)
            {
                _items[index] = Cut(_items[index]);
            }

            _characters = _items.Sum(static item => item.Length);
        }

        while (_characters > MostCharacters)
        {
            _isFull = true;
            _characters -= _items[^1].Length;
            _items.RemoveAt(_items.Count - 1);
        }
    }

    private string Cut(string text)
    {
        if (!_isCutting || text.Length <= LongestWhenCut)
        {
            return text;
        }

        return text[..(char.IsHighSurrogate(text[LongestWhenCut - 1]) ? LongestWhenCut - 1 : LongestWhenCut)];
    }
}
