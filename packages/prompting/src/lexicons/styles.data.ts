/** `camera | lens | style of photograph | film`, one look a line. Every film exists or existed under that name. */
export const STYLE_SETS = `
35mm rangefinder camera | 35mm f/2 lens | documentary photograph | Kodak Tri-X 400 film
medium format camera | 80mm f/2.8 lens | fine art photograph | Kodak Portra 400 film
35mm SLR camera | 50mm f/1.4 lens | cinematic photograph | Kodak Vision3 500T film
large format view camera | 150mm f/5.6 lens | landscape photograph | Fujifilm Velvia 50 film
twin-lens reflex camera | 75mm f/3.5 lens | vintage portrait photograph | Ilford HP5 Plus film
full-frame mirrorless camera | 85mm f/1.8 lens | editorial photograph | Fujifilm Provia 100F film
35mm SLR camera | 28mm f/2.8 lens | street photograph | Ilford Delta 3200 film
medium format camera | 110mm f/2 lens | romantic photograph | Fujifilm Pro 400H film
folding field camera | 210mm f/5.6 lens | pictorialist photograph | Ilford FP4 Plus film
35mm cinema camera | anamorphic 40mm lens | film still | Kodak Vision3 250D film
35mm rangefinder camera | 50mm f/2 lens | reportage photograph | Kodak Gold 200 film
35mm SLR camera | 135mm f/2 lens | intimate portrait photograph | Kodak Ektar 100 film
medium format camera | 50mm f/4 wide lens | environmental photograph | Kodak Ektachrome E100 film
65mm cinema camera | 50mm spherical lens | epic film still | Kodak Vision3 200T film
35mm SLR camera | 24mm f/2.8 lens | adventure photograph | Fujifilm Superia 400 film
instant camera | 116mm f/8 lens | nostalgic snapshot | Polaroid 600 film
box camera | single meniscus lens | antique photograph | Ilford Ortho Plus film
large format view camera | 300mm f/9 lens | still-life photograph | Kodak Ektachrome E100 film
35mm SLR camera | 55mm f/1.2 lens | low-light photograph | CineStill 800T film
35mm SLR camera | 40mm f/2.8 pancake lens | everyday documentary photograph | CineStill 50D film
medium format camera | 150mm f/4 lens | classical portrait photograph | Kodak T-Max 100 film
panoramic camera | 45mm f/4 lens | panoramic photograph | Fujifilm Velvia 100 film
35mm rangefinder camera | 90mm f/2.8 lens | quiet observational photograph | Ilford XP2 Super film
16mm cinema camera | 25mm f/1.4 lens | grainy film still | Kodak Vision3 500T film
Super 8 camera | 10mm f/1.8 lens | home-movie still | Kodak Ektachrome 100D film
medium format camera | 65mm f/4 lens | travel photograph | Kodak Portra 160 film
35mm SLR camera | 100mm f/2.8 macro lens | detail-rich photograph | Fujifilm Sensia 100 film
large format view camera | 90mm f/8 wide lens | architectural photograph | Ilford Delta 100 film
35mm SLR camera | 200mm f/2.8 lens | wildlife photograph | Kodak Kodachrome 64 film
35mm cinema camera | 32mm prime lens | moody film still | Kodak Vision2 500T film
35mm SLR camera | 85mm f/1.4 lens | storytelling photograph | Kodak Ultra Max 400 film
medium format camera | 127mm f/3.8 lens | studio photograph | Kodak Plus-X 125 film
pinhole camera | 0.3mm pinhole | dreamlike photograph | Ilford Pan F Plus film
toy camera | 60mm plastic lens | lo-fi photograph | Lomography Color Negative 400 film
35mm rangefinder camera | 28mm f/2 lens | humanist photograph | Kodak Double-X film
35mm SLR camera | 35mm f/1.4 lens | photo-essay photograph | Agfa Vista 200 film
medium format camera | 80mm f/1.9 lens | atmospheric photograph | CineStill 800T film
large format view camera | 240mm f/9 lens | painterly photograph | Kodak Portra 160 film
full-frame mirrorless camera | 35mm f/1.4 lens | natural-light photograph | Kodak Portra 800 film
35mm cinema camera | 75mm prime lens | period-drama film still | Kodak Vision3 250D film
35mm SLR camera | 20mm f/2.8 lens | immersive photograph | Rollei Retro 80S film
medium format camera | 45mm f/2.8 lens | contemplative photograph | Fujifilm Acros 100 film
stereo camera | 35mm f/3.5 lens | mid-century photograph | Kodak Kodachrome 25 film
35mm SLR camera | 58mm f/2 vintage lens | swirling-bokeh photograph | Lomography 100 film
press camera | 127mm f/4.7 lens | press photograph | Kodak Super-XX film
65mm cinema camera | anamorphic 75mm lens | widescreen film still | Kodak Vision3 50D film
full-frame mirrorless camera | 24mm f/1.4 lens | night photograph | Fujifilm Natura 1600 film
medium format camera | 90mm f/3.5 lens | rural-life photograph | Bergger Pancro 400 film
35mm SLR camera | 135mm f/2.8 lens | quiet portrait photograph | Agfa APX 100 film
large format view camera | 90mm f/8 lens | architectural photograph | Kodak Ektachrome E100 film
35mm rangefinder camera | 28mm f/2.8 lens | travel photograph | Kodak Ektar 100 film
medium format camera | 150mm f/4 lens | studio portrait photograph | Ilford Pan F Plus film
full-frame mirrorless camera | 200mm f/2.8 lens | wildlife photograph | Fujifilm Velvia 100 film
35mm cinema camera | 32mm prime lens | naturalistic film still | Kodak Vision3 200T film
box camera | 100mm f/11 lens | family-album photograph | Kodak Verichrome Pan film
35mm SLR camera | 90mm f/2.8 macro lens | still-life photograph | Fujifilm Astia 100F film
medium format camera | 65mm f/4 lens | panoramic landscape photograph | Kodak T-Max 100 film
twin-lens reflex camera | 80mm f/2.8 lens | reportage photograph | Kodak T-Max 400 film
35mm SLR camera | 55mm f/1.2 lens | low-light photograph | CineStill 800T film
`;
